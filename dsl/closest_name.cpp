// The name that was probably meant.
#include <algorithm>
#include <array>
#include <numeric>

#include "dsl/diagnostic.h"

namespace tcc {

namespace {

/// Longer names are not compared: nobody mistypes them, and the comparison takes time.
constexpr std::size_t max_length = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

using Row = std::array<std::size_t, max_length + 1>;

/// Insertions, deletions, replacements and exchanges of neighbours that lead from `a` to `b`
/// ("optimal string alignment"). Case does not count.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::array<Row, 3> rows{};  // the distances of the last prefixes of `a` to all prefixes of `b`
  std::iota(rows[0].begin(), rows[0].end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    Row& row = rows[i % 3];
    const Row& above = rows[(i - 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      const bool exchanged = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                             lower(a[i - 2]) == lower(b[j - 1]);
      if (exchanged) row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::optional<std::string> closest_name(std::string_view name,
                                        std::span<const std::string> candidates) {
  if (name.size() > max_length) return {};
  const std::string* closest = nullptr;
  std::size_t limit = name.size() / 3 + 1;  // to be undercut
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(candidate.size(), name.size());
    const std::size_t shorter = std::min(candidate.size(), name.size());
    if (longer > max_length || longer - shorter >= limit || candidate == name) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance >= limit) continue;
    limit = distance;
    closest = &candidate;
  }
  if (closest == nullptr) return {};
  return *closest;
}

}  // namespace tcc

// What a user is told where memory is missing.
#include "runtime/out_of_memory.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

namespace tcc {

namespace {

constexpr std::string_view help =
    "\n  help: smaller sizes need less, as does a batch in slices; 'tcc emit --stage launch' shows "
    "which temporaries are in use when";

}  // namespace

std::string bytes_text(std::int64_t bytes) {
  if (bytes < 1024) return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
  static constexpr std::array<std::string_view, 6> units = {"KiB", "MiB", "GiB",
                                                            "TiB", "PiB", "EiB"};
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would be printed as 1024.0.
  for (; amount >= 1023.95 && unit + 1 < units.size(); ++unit)
    amount /= 1024;
  return amount < 99.95 ? fmt::format("{:.1f} {}", amount, units[unit])
                        : fmt::format("{:.0f} {}", amount, units[unit]);
}

std::string out_of_memory_message(const OutOfMemory& failure,
                                  std::span<const NamedBytes> temporaries) {
  std::string text =
      fmt::format("there is not enough memory: {} for temporaries", bytes_text(failure.asked));
  std::vector<NamedBytes> largest(temporaries.begin(), temporaries.end());
  std::erase_if(largest, [](const NamedBytes& each) { return each.bytes == 0; });
  std::sort(largest.begin(), largest.end(), [](const NamedBytes& a, const NamedBytes& b) {
    return a.bytes != b.bytes ? a.bytes > b.bytes : a.name < b.name;
  });
  constexpr std::size_t most_named = 3;
  const std::size_t named = std::min(largest.size(), most_named);
  for (std::size_t t = 0; t < named; ++t) {
    text += fmt::format("{}'{}' {}{}", t == 0 ? ", of which " : ", ", largest[t].name,
                        t == 0 ? "has " : "", bytes_text(largest[t].bytes));
  }
  if (largest.size() > named) {
    const std::size_t others = largest.size() - named;
    text += fmt::format(" and {} other{} less", others, others == 1 ? "" : "s");
  }
  if (failure.available) text += fmt::format("; {} are available", bytes_text(*failure.available));
  return text + std::string(help);
}

std::string too_large_message(const std::string& largest) {
  return fmt::format(
             "there is not enough memory: the temporaries need more than any machine has, '{}' the "
             "most",
             largest) +
         std::string(help);
}

}  // namespace tcc

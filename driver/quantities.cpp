// Times, amounts and rates as people read them.
#include "driver/quantities.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace tcc::driver {

namespace {

/// Three digits, without an exponent.
std::string three_digits(double value) {
  if (value == 0) return "0";
  return fmt::format("{:.{}f}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/// The number and its power of 1000, from `lowest` on; what rounds to 1000 takes the next one.
struct Scaled {
  std::string digits;
  std::size_t power;
};
Scaled scaled(double value, std::size_t powers) {
  std::size_t power = 0;
  while (power + 1 < powers && value >= 999.5) {
    value /= 1000;
    ++power;
  }
  return {three_digits(value), power};
}

constexpr std::array<std::string_view, 6> prefixes = {"", "k", "M", "G", "T", "P"};

}  // namespace

std::string duration_text(double seconds) {
  constexpr std::array<std::string_view, 4> units = {"ns", "us", "ms", "s"};
  const Scaled value = scaled(seconds * 1e9, units.size());
  return fmt::format("{} {}", value.digits, units[value.power]);
}

std::string amount_text(double amount) {
  const Scaled value = scaled(amount, prefixes.size());
  if (value.power == 0) return fmt::format("{:.0f}", amount);
  return fmt::format("{} {}", value.digits, prefixes[value.power]);
}

std::string bytes_text(double bytes) {
  const Scaled value = scaled(bytes, prefixes.size());
  if (value.power == 0) return fmt::format("{:.0f} B", bytes);
  return fmt::format("{} {}B", value.digits, prefixes[value.power]);
}

std::string percent_text(double part) { return fmt::format("{:.1f} %", part * 100); }

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], row[c].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c)
      line += c == 0 ? fmt::format("{:<{}}", row[c], widths[c])
                     : fmt::format("  {:>{}}", row[c], widths[c]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace tcc::driver

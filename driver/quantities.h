// Times, amounts and rates as people read them, three digits each.
#pragma once

#include <string>
#include <vector>

namespace tcc::driver {

/// "812 ns", "1.23 ms", "41.2 s".
std::string duration_text(double seconds);

/// With a prefix of a power of 1000: "12.6 M", "0".
std::string amount_text(double amount);

/// "2.15 GB".
std::string bytes_text(double bytes);

/// "98.1 %".
std::string percent_text(double part);

/// Rows as columns, the first flush left, the others flush right, two spaces between. Rows may be
/// shorter than others.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace tcc::driver

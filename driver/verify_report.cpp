// What `--verify` found.
#include "driver/verify_report.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tcc::driver {

namespace {

std::string discontinuity_text(const Comparison& comparison) {
  if (comparison.discontinuities == 0) return "";
  return fmt::format(", {} elements at a discontinuity right either way",
                     comparison.discontinuities);
}

std::string element_name(const VerifyResult& result) {
  if (result.comparison.worst.empty()) return result.output;
  return fmt::format("{}[{}]", result.output, fmt::join(result.comparison.worst, ", "));
}

}  // namespace

ExitCode exit_code_of(const std::vector<VerifyResult>& results) {
  const bool good = std::all_of(results.begin(), results.end(), [](const VerifyResult& result) {
    return result.comparison.within_bounds;
  });
  return good ? ExitCode::done : ExitCode::verify_failed;
}

void print_verified(const std::vector<VerifyResult>& results, Console& console) {
  for (const VerifyResult& result : results) {
    const Comparison& comparison = result.comparison;
    if (comparison.within_bounds) {
      console.out << fmt::format("verified: {} max error {:.2g}, allowed {:.2g}{}\n", result.output,
                                 comparison.max_error, comparison.allowed,
                                 discontinuity_text(comparison));
    } else {
      console.err << fmt::format(
          "tcc: error: not verified: {} is {:.9g}, but {:.9g} is expected, "
          "allowed error {:.2g}\n",
          element_name(result), comparison.got, comparison.expected, comparison.allowed);
    }
  }
}

}  // namespace tcc::driver

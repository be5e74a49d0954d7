// Programs of many definitions: time that grows about linearly (language section 10.3).
#include "api/pipeline.h"

#include <ctime>

#include <gtest/gtest.h>

#include "tests/support/sanitized.h"

namespace tcc {
namespace {

/// y0 = x; y1 = ..; each definition by `next` from the name of the one before.
std::string chain(int count, std::string_view inputs, const std::string& operation) {
  std::string text = std::string(inputs) + "\ny0 = x\n";
  for (int n = 1; n <= count; ++n)
    text += "y" + std::to_string(n) + " = y" + std::to_string(n - 1) + operation + "\n";
  return text + "output y" + std::to_string(count) + "\n";
}

struct Timed {
  std::size_t kernels;
  double seconds;  ///< of the processor: others on the machine do not count
};

Timed schedule(const std::string& text) {
  const std::clock_t begin = std::clock();
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(text, {}, diagnostics);
  const Lowered lowered = lower(parsed, {}, *ir::find_target("cpu"), {}, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics, parsed.sources);
  const double passed = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return {lowered.general().scheduled.kernels.size(), passed};
}

constexpr double most_seconds = is_sanitized ? 300 : 10;

/// A quarter of what section 10.3 asks for, in far more time than it takes on a busy machine, and
/// far less than a minute that it took with a walk over the program for each command.
TEST(Pipeline, ThousandsOfDefinitionsTakeSeconds) {
  const Timed sums = schedule(chain(2500, "input x: f32[N]", " + x"));
  EXPECT_EQ(sums.kernels, 20u) << "a kernel for each 129 definitions";
  EXPECT_LT(sums.seconds, most_seconds);
  const Timed products = schedule(chain(1000, "input x: f32[N, N]", " @ x"));
  EXPECT_EQ(products.kernels, 1000u) << "the copy of x is read in its place";
  EXPECT_LT(products.seconds, most_seconds);
}

/// What is chosen is never refused, though `split` refuses a 33rd loop.
TEST(Pipeline, SchedulesNestsOfManyLoops) {
  for (const int loops : {28, 29, 30, 31, 32, 40}) {
    std::string variables, sum;
    for (int v = 0; v < loops; ++v) {
      variables += (v ? ", v" : "v") + std::to_string(v) + " in 0:1";
      sum += (v ? " + v" : "v") + std::to_string(v);
    }
    const std::string text = "y[i, j] = sum[" + variables + "](z[i, j] * x[" + sum + "])\n";
    EXPECT_EQ(schedule("input x: f32[1], z: f32[M, N]\n" + text).kernels, 1u) << loops;
  }
}

}  // namespace
}  // namespace tcc

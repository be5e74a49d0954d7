// Counterexamples: found where there are some, true to the ranges, and none where none is.
#include "ir/affine/counterexample.h"

#include <gtest/gtest.h>

#include "tests/support/index_text.h"

namespace tcc::ir {
namespace {

std::string searched(const std::string& text, const std::vector<SizeFact>& facts = {}) {
  const ConditionText condition(text, facts);
  const auto example =
      counterexample(condition.condition, condition.ranges, condition.program.facts);
  return example ? print(*example) : "none";
}

TEST(Counterexample, IsTheSimplestThatIsFound) {
  const std::pair<std::string, std::string> table[] = {
      {"for i in 0:(M + 7) // 8 for j in 0:8 : i * 8 + j < M", "M = 1, i = 0, j = 1"},
      {"for i in 0:M : i < M", "none"},
      {"for i in 0:M : i + 1 < M", "M = 1, i = 0"},
      {"M <= N", "M = 1, N = 0"},
      {"for i in 0:M for j in i:N : j < M", "M = 1, N = 2, i = 0, j = 1"},
      {"for i in 0:16 : i % 8 < 7", "i = 15"},
      {"for i in 0:16 : i != 7", "none"},  // not near an end: not tried
      {"M * N % 3 != 1", "M = 1, N = 1"},
      {"for k in 0:K for i in 0:M : i + 1 < M", "M = 1, i = 0"},  // K is at least 1 then
      {"for k in 0:0 for i in 0:M : i + 1 < M", "none"},          // never reached
      {"for i in 0:N : x[i] < 3", "none"},                        // memory may hold anything
  };
  for (const auto& [text, expected] : table)
    EXPECT_EQ(searched(text), expected) << text;
}

TEST(Counterexample, KeepsToTheFacts) {
  EXPECT_EQ(searched("M < 100"), "M = 100");
  EXPECT_EQ(searched("M < 100", {{{}, 0, 99, 1}}), "none");
  EXPECT_EQ(searched("M % 16 == 0", {{{}, 0, {}, 16}}), "none");
  EXPECT_EQ(searched("M % 32 == 0", {{{}, 5, {}, 16}}), "M = 16");
  EXPECT_EQ(searched("M < 7", {{{}, 7, 7, 1}}), "M = 7");
}

TEST(Counterexample, TakesNoValueThatOverflows) {
  EXPECT_EQ(searched("M * 9223372036854775807 >= 0"), "none");
}

}  // namespace
}  // namespace tcc::ir

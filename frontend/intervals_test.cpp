// The values that indices take: against all values of their variables.
#include "frontend/intervals.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace tcc {
namespace {

const Extent n = Extent::size_name("N");

checked::Variable variable(Extent begin, Extent extent) {
  return {"i", {}, checked::VariableRole::axis, std::move(begin), std::move(extent)};
}

std::string text_of(const std::optional<IndexInterval>& interval) {
  if (!interval) return "nothing";
  return interval->lowest.to_string() + " .. " + interval->highest.to_string();
}

TEST(Intervals, OfAffineIndices) {
  const std::vector<checked::Variable> variables = {variable(0, n), variable(1, 3),
                                                    variable(2, n - 2)};
  struct Row {
    Affine index;
    const char* expected;
  };
  const Row rows[] = {
      {{5, {}}, "5 .. 5"},
      {{n, {}}, "N .. N"},
      {{0, {{0, 1}}}, "0 .. N - 1"},
      {{1, {{0, 2}}}, "1 .. 2*N - 1"},
      {{0, {{0, -1}}}, "1 - N .. 0"},
      {{n - 1, {{0, -1}}}, "0 .. N - 1"},
      {{0, {{0, 1}, {1, 1}}}, "1 .. N + 2"},
      {{0, {{1, -2}}}, "-6 .. -2"},
      {{-1, {{2, 1}}}, "1 .. N - 2"},
      {{0, {{1, n}}}, "N .. 3*N"},
      {{0, {{1, 0 - n - 1}}}, "-3*N - 3 .. -N - 1"},
      {{0, {{1, n - 1}}}, "nothing"},  // its sign is not known
  };
  for (const Row& row : rows)
    EXPECT_EQ(text_of(interval_of(row.index, variables)), row.expected);
}

/// Both ends are reached, whatever the coefficients are.
TEST(Intervals, EndsAreReached) {
  for (const std::int64_t a : {-3, -1, 1, 2}) {
    for (const std::int64_t b : {-2, 1, 5}) {
      const std::vector<checked::Variable> variables = {variable(-1, 4), variable(2, 3)};
      const auto interval = interval_of(Affine{7, {{0, a}, {1, b}}}, variables);
      ASSERT_TRUE(interval);
      std::vector<std::int64_t> values;
      for (std::int64_t i = -1; i < 3; ++i) {
        for (std::int64_t j = 2; j < 5; ++j)
          values.push_back(7 + a * i + b * j);
      }
      EXPECT_EQ(interval->lowest, Extent(*std::min_element(values.begin(), values.end())));
      EXPECT_EQ(interval->highest, Extent(*std::max_element(values.begin(), values.end())));
    }
  }
}

}  // namespace
}  // namespace tcc

// Intervals: tables of what is found and what is not, and every one against the values themselves.
#include "ir/affine/bounds.h"

#include <functional>

#include <gtest/gtest.h>

#include "ir/affine/simplify.h"
#include "ir/visit.h"
#include "tests/support/index_text.h"

namespace tcc::ir {
namespace {

using Find = std::optional<Interval> (*)(const Expr&, const VarRanges&, OriginId, const Facts&);

/// The interval of `text` in `loops`, as "lowest .. highest".
std::string interval(const std::string& loops, const std::string& text, Find find) {
  const ConditionText condition(loops + " : " + text + " == 0 - 77");
  const Expr& expr = as<Binary>(condition.condition)->lhs;
  const auto found = find(expr, condition.ranges, expr->origin, condition.program.facts);
  if (!found) return "none";
  return print(condition.program, simplify(found->lowest)) + " .. " +
         print(condition.program, simplify(found->highest));
}

TEST(Interval, IsThatOfTheEnds) {
  const std::tuple<std::string, std::string, std::string> table[] = {
      {"for i in 0:N", "i", "0 .. N - 1"},
      {"for i in 0:N", "3 - i * 2", "5 - N * 2 .. 3"},
      {"for i in 2:N", "i // 16", "0 .. (N + 15) // 16 - 1"},
      {"for i in 0:N", "i // 16 * 3 + 1", "1 .. (N + 15) // 16 * 3 - 2"},
      {"for i in 0:N", "0 - i // 16", "1 - (N + 15) // 16 .. 0"},
      {"for i in 0:N", "i % 16", "none"},
      {"for i in 0:8", "i % 16", "0 .. 7"},
      {"for i in 17:20", "i % 16", "1 .. 3"},
      {"for i in 0:8", "(i + 12) % 16", "none"},
      {"for i in 0:M for j in 0:N", "i * N + j", "0 .. M * N - 1"},
      {"for i in 0:M for j in i:N", "j - i", "0 .. N - 1"},
      {"for f in 0:M * N", "f // N", "0 .. (M * N - 1) // N"},
      {"for o in 0:(N + 7) // 8", "minimum(o * 8, N - 8)", "minimum(0, N - 8) .. N - 8"},
      {"for i in 0:9", "minimum(i, 4)", "0 .. 4"},
      {"for i in 0:9", "maximum(i // 2, 3)", "3 .. 4"},
      {"for i in 0:9", "minimum(i, 8 - i)", "none"},
      {"for i in 0:9", "i - i // 2", "none"},
      {"for i in 0:9 for j in 0:N", "i * j", "0 .. N * 8 - 8"},
      {"for i in 0:9", "x[i]", "none"},
      {"for p in 0:M", "p * N // M", "0 .. (M * N - N) // M"},
  };
  for (const auto& [loops, text, expected] : table)
    EXPECT_EQ(interval(loops, text, interval_of), expected) << loops << ": " << text;
}

TEST(Interval, BoundsAreFoundWhereEndsAreNot) {
  const std::tuple<std::string, std::string, std::string> table[] = {
      {"for i in 0:N", "i % 16", "0 .. 15"},
      {"for i in 0:N", "i % N", "0 .. N - 1"},
      {"for i in 0:9", "i - i // 2", "-4 .. 8"},
      {"for i in 0:9", "select(i < N, i, 4)", "0 .. 8"},
      {"for i in 0:9", "minimum(i, 8 - i)", "0 .. 8"},
      {"for i in 0:9", "x[i]", "none"},
  };
  for (const auto& [loops, text, expected] : table)
    EXPECT_EQ(interval(loops, text, bounds_of), expected) << loops << ": " << text;
}

/// Calls f with each value that `expr` has for the sizes M = N = `size`.
void for_each_value(const ConditionText& text, const Expr& expr, std::int64_t size,
                    const std::function<void(std::int64_t)>& f) {
  Substitution sizes;
  for (const Expr& var : text.program.sizes)
    sizes[as<Var>(var)->id] = make_int(size, {});
  std::vector<VarId> loops = innermost_first(text.ranges);
  std::reverse(loops.begin(), loops.end());
  const std::function<void(std::size_t, const Substitution&)> run =
      [&](std::size_t loop, const Substitution& values) {
        const auto number = [&](const Expr& e) {
          return *constant_of(simplify(substitute(e, values)));
        };
        if (loop == loops.size()) return f(number(expr));
        const VarRange& range = text.ranges.at(loops[loop]);
        const std::int64_t begin = number(range.begin);
        for (std::int64_t n = begin; n < begin + number(range.extent); ++n) {
          Substitution inner = values;
          inner[loops[loop]] = make_int(n, {});
          run(loop + 1, inner);
        }
      };
  run(0, sizes);
}

TEST(Interval, HoldsEveryValueAndHasItsEnds) {
  const std::string exprs[] = {"i",
                               "i * 3 - 1",
                               "i // 2",
                               "i % 4",
                               "j - i",
                               "i * N + j",
                               "(i * 2 + j) // 3",
                               "minimum(i, 2)",
                               "i - i // 2",
                               "maximum(j, i)",
                               "(i + 1) // 2 - j % 3"};
  for (const std::string& text : exprs) {
    const ConditionText condition("for i in 0:M for j in i:N + 2 : " + text + " == 0");
    const Expr& expr = as<Binary>(condition.condition)->lhs;
    for (const Find find : {interval_of, bounds_of}) {
      const auto found = find(expr, condition.ranges, expr->origin, condition.program.facts);
      for (std::int64_t size = 1; found && size < 9; ++size) {
        std::vector<std::int64_t> values;
        for_each_value(condition, expr, size, [&](std::int64_t value) { values.push_back(value); });
        std::int64_t ends[2] = {};
        for_each_value(condition, found->lowest, size, [&](std::int64_t low) { ends[0] = low; });
        for_each_value(condition, found->highest, size, [&](std::int64_t high) { ends[1] = high; });
        const auto [low, high] = std::minmax_element(values.begin(), values.end());
        EXPECT_LE(ends[0], *low) << text << " at " << size;
        EXPECT_GE(ends[1], *high) << text << " at " << size;
        if (find != interval_of) continue;
        EXPECT_EQ(ends[0], *low) << text << " at " << size;
        EXPECT_EQ(ends[1], *high) << text << " at " << size;
      }
    }
  }
}

}  // namespace
}  // namespace tcc::ir

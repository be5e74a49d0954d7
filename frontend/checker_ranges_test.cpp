// Ranges of index variables, and what is left to check at each run.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/checked_text.h"

namespace tcc {
namespace {

using Checked = CheckedText;

struct Pair {
  const char* text;
  const char* expected;
};

/// The range of each index variable, in order of appearance.
std::string ranges_of(const std::string& statement) {
  const Checked result = checked_text(
      "input x: f32[N], A: f32[M, K], w: f32[3], c: f32[2*N + 1], e: f32[0], f: f32[2]\n" +
      statement);
  if (result.errors != "OK") return result.errors;
  std::string text;
  for (const checked::Variable& variable : result.program.variables) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}+{}", variable.name, variable.begin.to_string(),
                        variable.extent.to_string());
  }
  return text;
}

TEST(Checker, Ranges) {  // 6.3
  const Pair rows[] = {
      {"y[i] = x[i]", "i 0+N"},
      {"y[i, j] = A[j, i]", "i 0+K, j 0+M"},
      {"y[i] = x[2*i] + x[2*i + 1]", "i 0+(N // 2)"},
      {"y[i] = x[i + 1] + A[i + 1, 0]", "i 0+min(N - 1, M - 1)"},
      {"y[i in 0:3] = x[i]", "i 0+3"},
      {"y[i in 0:N - 1] = x[i + 1]", "i 0+N - 1"},
      {"y = sum[k in 1:N](x[k] * x[k - 1])", "k 1+N - 1"},
      {"y[i] = x[i] + x[i]", "i 0+N"},
      {"y[i] = x[i + 1]", "i 0+N - 1"},
      {"y[i] = x[i] * w[0] + x[i + 0]", "i 0+N"},
      {"y[i] = x[N - 1 - i]", "i 0+N"},
      {"y[i] = c[2*i]", "i 0+N + 1"},
      {"y[i] = c[2*i + 1]", "i 0+N"},
      {"y[i] = sum[u](c[2*i + u] * w[u])", "i 0+N, u 0+3"},
      {"y[i] = sum[u](x[i + u] * w[u])", "i 0+N - 2, u 0+3"},
      {"y[i, j] = sum[u](x[i + u + j] * w[u] * f[j])", "i 0+N - 3, j 0+2, u 0+3"},
      {"y[i] = w[2*i]", "i 0+2"},
      {"y[i] = w[2 - i]", "i 0+3"},
      {"y[i] = x[i + 1] + x[i + 2]", "i 0+N - 2"},
      {"y[i] = e[i]", "i 0+0"},
      {"y[i] = e[2*i]", "i 0+0"},
      {"y[i] = (A @ A.T)[i, 0]", "i 0+M"},
      {"y[i] = A.T[i, 0]", "i 0+K"},
      {"y[i in 0:x.shape[0]] = 1.0", "i 0+N"},
      {"y[i] = 1.0", "unbound-index: nothing determines the range of 'i'"},
      {"y[i] = x[i + M - K]", "i 0+K - M + N"},
      {"y[i] = x[M * i]", "unbound-index: the range of 'i' does not follow from this index"},
      {"y[i] = x[2*i]", "i 0+((N + 1) // 2)"},
      {"y[i] = x[i - 1]",
       "unbound-index: where 'i' is 0 this index is outside axis 0 of 'x', which is f32[N]"},
      {"y[i, j] = x[i + j]",
       "unbound-index: nothing determines the range of 'i'\n"
       "unbound-index: nothing determines the range of 'j'"},
      {"y[i] = x[i] + A[i, 0]",
       "range-conflict: index variable 'i' has two ranges: N as axis 0 of 'x', which is f32[N]; "
       "M as axis 0 of 'A', which is f32[M, K]"},
      {"y[i in 1:N] = x[i]",
       "range-conflict: the range of 'i' begins at 1, but those of a left side begin at 0"},
      {"y[i in 0:0 - 1] = 1.0", "range-conflict: the range of 'i' is 0:-1, which is negative"},
  };
  for (const Pair& row : rows)
    EXPECT_EQ(ranges_of(row.text), row.expected) << row.text;
}

/// What is left to a run: "left >= right unless empty".
std::string conditions_of(const std::string& statement) {
  const Checked result = checked_text("input x: f32[N], A: f32[M, K], w: f32[3]\n" + statement);
  if (result.errors != "OK") return result.errors;
  std::string text;
  for (const checked::Condition& condition : result.program.conditions) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} >= {}", condition.left.to_string(), condition.right.to_string());
    for (const Extent& extent : condition.unless_empty)
      text += fmt::format(" unless {}", extent.to_string());
  }
  return text;
}

TEST(Checker, Conditions) {  // 6.4, 5.4
  const Pair rows[] = {
      {"y[i] = x[i]", ""},
      {"y[i in 0:3] = w[i]", ""},
      {"y[i in 0:M] = x[i]", "N - 1 >= M - 1 unless M"},
      {"y[i in 0:2] = x[i]", "N - 1 >= 1"},
      {"y[i] = x[i + 1]", "N - 1 >= 0"},
      {"y = x[3]", "N - 1 >= 3"},
      {"y = x[-1]", "N - 1 >= 0"},
      {"y[i in 0:0] = w[i + 100]", ""},
      {"y[i in 0:N] = w[i // N]", ""},  // checked element by element
      {"y[i in 0:9] = w[i // 3]", ""},
      {"y[i in 0:N] = w[i % 3]", ""},
      {"y[i in 0:12] = w[i // 3]",
       "out-of-bounds: index 0 to 3 is outside axis 0 of 'w', which is f32[3]"},
      {"y[i in 0:N] = x[i + 1]",
       "out-of-bounds: index 1 to N is outside axis 0 of 'x', which is f32[N]"},
      {"y[i in 0:N] = x[i - 1]",
       "out-of-bounds: index -1 to N - 2 is outside axis 0 of 'x', which is f32[N]"},
      {"y = w[-4]", "out-of-bounds: index -4 is outside axis 0 of 'w', which is f32[3]"},
      {"y = max(x)", "N >= 1"},
      {"y: i64 = N", ""},
      {"y: u8 = N", "255 >= N"},
      {"y = i8(N - 3)", "127 >= N - 3"},
      {"y = max(A, 1)", "K >= 1 unless M"},
      {"y = sum(A, 1)", ""},
      {"y[i] = min[k](A[i, k])", "K >= 1 unless M"},
      // What depends on no axis may be computed outside of the loops, also where they are empty.
      {"y[i] = x[i] * sum[k in 0:9](A[0, k])", "M - 1 >= 0, K - 1 >= 8"},
      {"y[i] = x[i] * sum[k in 0:9](A[i, k])",
       "range-conflict: index variable 'i' has two ranges: N as axis 0 of 'x', which is f32[N]; "
       "M as axis 0 of 'A', which is f32[M, K]"},
      {"y[i] = sum[k in 0:9](A[i, k])", "K - 1 >= 8 unless M"},
      {"y[i in 0:N] = sum(A * x[5])", "N - 1 >= 5"},
      {"y[i in 0:N] = x[i] + x[5]", "N - 1 >= 5 unless N"},
  };
  for (const Pair& row : rows)
    EXPECT_EQ(conditions_of(row.text), row.expected) << row.text;
}

}  // namespace
}  // namespace tcc

// Folding of literals and sizes: tables of values.
#include "frontend/weak.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace tcc {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

const Extent m = Extent::size_name("M");
const Extent n = Extent::size_name("N");

/// "2*N", "0.5", "nothing", "too large".
std::string folded(Op op, std::vector<WeakValue> operands) {
  const auto value = fold(op, operands);
  if (!value) return "nothing";
  if (const double* number = std::get_if<double>(&*value)) return fmt::format("{}", *number);
  const Extent& extent = std::get<Extent>(*value);
  return extent.overflowed() ? "too large" : extent.to_string();
}

TEST(Weak, FoldsIntegers) {
  struct Row {
    Op op;
    Extent a;
    Extent b;
    const char* expected;
  };
  const Row rows[] = {
      {Op::add, 2, 3, "5"},
      {Op::add, n, m, "M + N"},
      {Op::subtract, n, n, "0"},
      {Op::multiply, n, 2, "2*N"},
      {Op::divide, 1, 2, "0.5"},
      {Op::divide, 4, 2, "2"},
      {Op::divide, 1, 0, "inf"},
      {Op::divide, n, 2, "nothing"},
      {Op::floor_divide, 7, 2, "3"},
      {Op::floor_divide, -7, 2, "-4"},
      {Op::floor_divide, 7, -2, "-4"},
      {Op::floor_divide, -7, -2, "3"},
      {Op::floor_divide, 7, 0, "0"},
      {Op::floor_divide, smallest, -1, "too large"},
      {Op::floor_divide, smallest, smallest, "nothing"},
      {Op::floor_divide, 2 * n + 1, 2, "N"},
      {Op::floor_divide, 2 * n - 1, 2, "N - 1"},
      {Op::floor_divide, n, 2, "(N // 2)"},
      {Op::floor_divide, 7, n, "(7 // N)"},
      {Op::modulo, 7, 2, "1"},
      {Op::modulo, -7, 2, "1"},
      {Op::modulo, 7, -2, "-1"},
      {Op::modulo, -7, -2, "-1"},
      {Op::modulo, 7, 0, "0"},
      {Op::modulo, 2 * n + 5, 2, "1"},
      {Op::modulo, n, 2, "N - 2*(N // 2)"},
      {Op::minimum, 2, 3, "2"},
      {Op::maximum, 2, 3, "3"},
      {Op::maximum, n, 3, "nothing"},
      {Op::add, largest, 1, "too large"},
      {Op::multiply, largest, 2, "too large"},
      {Op::less, 1, 2, "nothing"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(folded(row.op, {row.a, row.b}), row.expected)
        << row.a.to_string() << ' ' << info_of(row.op).name << ' ' << row.b.to_string();
  }
  EXPECT_EQ(folded(Op::negate, {n}), "-N");
  EXPECT_EQ(folded(Op::negate, {Extent(smallest)}), "-9223372036854775808");  // the literal
  EXPECT_EQ(folded(Op::absolute, {Extent(-3)}), "3");
  EXPECT_EQ(folded(Op::relu, {Extent(-3)}), "0");
  EXPECT_EQ(folded(Op::absolute, {n}), "nothing");
  EXPECT_EQ(folded(Op::square_root, {Extent(2)}), fmt::format("{}", std::sqrt(2.0)));
}

TEST(Weak, FoldsFloatsAsTheyRun) {
  const double nan = std::nan("");
  EXPECT_EQ(folded(Op::add, {0.1, Extent(1)}), "1.1");
  EXPECT_EQ(folded(Op::divide, {1.0, 0.0}), "inf");
  EXPECT_EQ(folded(Op::maximum, {nan, 1.0}), "nan");
  EXPECT_EQ(folded(Op::minimum, {1.0, nan}), "nan");
  EXPECT_EQ(folded(Op::minimum, {1.0, -2.0}), "-2");
  EXPECT_EQ(folded(Op::relu, {-1.5}), "0");
  EXPECT_EQ(folded(Op::relu, {nan}), "nan");
  EXPECT_EQ(folded(Op::negate, {0.0}), "-0");
  EXPECT_EQ(folded(Op::multiply, {0.5, n}), "nothing");
  EXPECT_EQ(folded(Op::modulo, {5.5, -2.0}), "-0.5");
  EXPECT_EQ(folded(Op::floor_divide, {5.5, -2.0}), "-3");
  EXPECT_EQ(folded(Op::exp, {Extent(0)}), "1");
  EXPECT_EQ(folded(Op::power, {2.0, Extent(-1)}), "0.5");
  EXPECT_EQ(folded(Op::round, {2.5}), "2");
  EXPECT_EQ(folded(Op::clamp, {7.5, Extent(0), Extent(1)}), "1");
  EXPECT_EQ(folded(Op::exp, {n}), "nothing");
  EXPECT_EQ(folded(Op::logical_and, {Extent(1), Extent(1)}), "nothing");
}

struct SizeRow {
  Extent a;
  Extent b;
  const char* expected;
  std::int64_t value;  ///< with M = 5, N = 7
};

void expect_sizes(Extent (*operation)(const Extent& a, const Extent& b),
                  std::span<const SizeRow> rows) {
  for (const SizeRow& row : rows) {
    const Extent result = operation(row.a, row.b);
    EXPECT_EQ(result.to_string(), row.expected);
    EXPECT_EQ(result.evaluate({{"M", 5}, {"N", 7}}), row.value) << row.expected;
  }
}

TEST(Weak, FloorDivides) {
  const SizeRow rows[] = {
      {7, 2, "3", 3},
      {-7, 2, "-4", -4},
      {0, 5, "0", 0},
      {4 * n, 4, "N", 7},
      {4 * n + 3, 4, "N", 7},
      {4 * n - 1, 4, "N - 1", 6},
      {n, 2, "(N // 2)", 3},
      {n + 1, 2, "((N + 1) // 2)", 4},
      {3 * n + 2 * m, 2, "(N // 2) + M + N", 15},
      {Extent::quotient(n, 2) + 1, 2, "(((N // 2) + 1) // 2)", 2},
      {n, m, "(N // M)", 1},
      {Extent(0) - n, m, "((-N) // M)", -2},
      {n, m - 5, "(N // (M - 5))", 0},
      {n, m - 6, "(N // (M - 6))", -7},
      {n, -2, "(N // 2) - N", -4},
      {n, 0, "0", 0},
  };
  expect_sizes(Extent::quotient, rows);
}

TEST(Weak, Minima) {
  const SizeRow rows[] = {
      {3, 2, "2", 2},
      {n, n + 1, "N", 7},
      {n, m, "min(N, M)", 5},
      {m, n, "min(M, N)", 5},
      {Extent::quotient(n, 2), Extent::quotient(n + 1, 2), "(N // 2)", 3},
      {Extent::quotient(n + 1, 2), Extent::quotient(n, 2), "(N // 2)", 3},
      {Extent::quotient(n, 2), Extent::quotient(n, 3), "min((N // 2), (N // 3))", 2},
      {Extent::minimum(n, m) - 1, n, "min(min(N, M) - 1, N)", 4},
  };
  expect_sizes(Extent::minimum, rows);
}

TEST(Weak, Remainders) {
  const SizeRow rows[] = {
      {n, 2, "N - 2*(N // 2)", 1},
      {4 * n, 4, "0", 0},
      {n, m, "(N % M)", 2},
      {Extent(0) - n, m, "((-N) % M)", 3},
      {n, Extent(0) - m, "(N % (-M))", -3},
      {n, m - 5, "(N % (M - 5))", 0},
      {n, m - 6, "(N % (M - 6))", 0},
      {n, 0, "0", 0},
  };
  expect_sizes(Extent::remainder, rows);
}

}  // namespace
}  // namespace tcc

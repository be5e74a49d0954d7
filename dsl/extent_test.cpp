// Sizes as polynomials: canonical form, text, values, and what becomes of too large ones.
#include "dsl/extent.h"

#include <limits>

#include <gtest/gtest.h>

namespace tcc {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

const Extent m = Extent::size_name("M");
const Extent n = Extent::size_name("N");

TEST(Extent, TextIsWhatAProgramWrites) {
  struct Row {
    Extent extent;
    const char* text;
  };
  const Row rows[] = {
      {0, "0"},
      {42, "42"},
      {-3, "-3"},
      {smallest, "-9223372036854775808"},
      {n, "N"},
      {2 * n + 1, "2*N + 1"},
      {m - 1, "M - 1"},
      {n + m, "M + N"},
      {1 - n, "1 - N"},
      {-1 * n - 1, "-N - 1"},
      {-2 * n, "-2*N"},
      {m - n, "M - N"},
      {n - m, "N - M"},
      {n * m, "M*N"},
      {n * n, "N*N"},
      {3 * n * m - n + m * m * n - 7, "M*M*N + 3*M*N - N - 7"},
      {(n + 1) * (n - 1), "N*N - 1"},
      {n - n, "0"},
      {0 * n, "0"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(row.extent.to_string(), row.text);
}

TEST(Extent, EqualPolynomialsAreEqual) {
  EXPECT_EQ(2 * n + 1, n + 1 + n);
  EXPECT_EQ((m + n) * (m + n), m * m + 2 * (n * m) + n * n);
  EXPECT_EQ(m + n - m, n);
  EXPECT_NE(m, n);
  EXPECT_NE(n, n * n);
  EXPECT_NE(n, n + 1);
}

TEST(Extent, Constants) {
  EXPECT_EQ(Extent(7).constant(), 7);
  EXPECT_EQ(Extent().constant(), 0);
  EXPECT_EQ((n - n + 3).constant(), 3);
  EXPECT_EQ(n.constant(), std::nullopt);
  EXPECT_EQ((n + 1).constant(), std::nullopt);
}

TEST(Extent, Values) {
  const SizeValues sizes = {{"M", 3}, {"N", 5}};
  EXPECT_EQ((2 * n * m - m + 1).evaluate(sizes), 28);
  EXPECT_EQ((m - n).evaluate(sizes), -2);
  EXPECT_EQ(Extent(4).evaluate({}), 4);
  EXPECT_EQ(n.evaluate({{"M", 3}}), std::nullopt);
  EXPECT_EQ((n * 0).evaluate({}), 0);
}

TEST(Extent, ValuesOverflowOnlyWhereTheResultDoes) {
  const std::int64_t big = std::int64_t{1} << 40;
  const Extent k = Extent::size_name("K");
  EXPECT_EQ((m * n).evaluate({{"M", big}, {"N", big}}), std::nullopt);
  EXPECT_EQ((m * n * k).evaluate({{"K", 0}, {"M", largest}, {"N", largest}}), 0);
  EXPECT_EQ((m * n * k).evaluate({{"K", largest}, {"M", largest}, {"N", 0}}), 0);
  EXPECT_EQ((m * n - m * k + 1).evaluate({{"M", big}, {"N", big}, {"K", big}}), 1);
  EXPECT_EQ((m + m).evaluate({{"M", largest}}), std::nullopt);
  EXPECT_EQ((m + m - n).evaluate({{"M", largest}, {"N", largest}}), largest);
  EXPECT_EQ((m * m * m * m).evaluate({{"M", big}}), std::nullopt);
}

TEST(Extent, CoefficientsThatOverflowAreKnown) {
  const Extent sums[] = {Extent(largest) + 1, Extent(smallest) - 1,    largest * n + n,
                         Extent(largest) * 2, (largest * n) * (2 * m), smallest * n * -1};
  for (const Extent& sum : sums) {
    EXPECT_TRUE(sum.overflowed());
    EXPECT_EQ(sum.constant(), std::nullopt);
    EXPECT_EQ(sum.evaluate({{"M", 0}, {"N", 0}}), std::nullopt);
    EXPECT_FALSE(sum.is_surely_nonnegative());
    EXPECT_FALSE(sum.is_surely_negative());
    EXPECT_TRUE((sum + n).overflowed());
    EXPECT_TRUE((n - sum).overflowed());
    EXPECT_TRUE((sum * 0).overflowed());
    EXPECT_EQ(sum, sums[0]);
  }
  EXPECT_FALSE(Extent(largest).overflowed());
}

TEST(Extent, PolynomialsDoNotGrowWithoutBound) {
  Extent sum;
  Extent power = 1;
  for (int i = 0; i < 100'000; ++i) {
    sum = sum + Extent::size_name("n" + std::to_string(i));
    power = power * n;
  }
  EXPECT_TRUE(sum.overflowed());
  EXPECT_TRUE(power.overflowed());
  Extent left;
  Extent right;
  for (int i = 0; i < 20; ++i) {
    left = left + Extent::size_name("a" + std::to_string(i));
    right = right + Extent::size_name("b" + std::to_string(i));
  }
  EXPECT_TRUE((left * right).overflowed());
}

TEST(Extent, SignsForAllSizes) {
  struct Row {
    Extent extent;
    bool nonnegative, negative;
  };
  const Row rows[] = {
      {0, true, false},
      {5, true, false},
      {-1, false, true},
      {n, true, false},
      {2 * m * n + 1, true, false},
      {n - 1, false, false},
      {m - n, false, false},
      {-1 * n - 1, false, true},
      {-1 * n, false, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(row.extent.is_surely_nonnegative(), row.nonnegative) << row.extent.to_string();
    EXPECT_EQ(row.extent.is_surely_negative(), row.negative) << row.extent.to_string();
  }
}

TEST(Extent, NamesAreSortedAndUnique) {
  EXPECT_EQ((n * m + n * n - m + 1).names(), (std::vector<std::string>{"M", "N"}));
  EXPECT_TRUE(Extent(3).names().empty());
  EXPECT_TRUE((n - n).names().empty());
}

TEST(Extent, Shapes) {
  EXPECT_EQ(to_string(Shape{m, 2 * n}), "[M, 2*N]");
  EXPECT_EQ(to_string(Shape{3}), "[3]");
  EXPECT_EQ(to_string(Shape{}), "");
  EXPECT_EQ(element_count({m, 2 * n, 3}), 6 * m * n);
  EXPECT_EQ(element_count({}), Extent(1));
  EXPECT_TRUE(element_count({largest, 2}).overflowed());
}

}  // namespace
}  // namespace tcc

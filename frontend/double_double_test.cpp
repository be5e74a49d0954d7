// Double-double arithmetic against identities that hold exactly.
#include "frontend/double_double.h"

#include <random>

#include <gtest/gtest.h>

namespace tcc {
namespace {

double relative(const DoubleDouble& difference, const DoubleDouble& to) {
  return std::fabs(difference.high) / std::fabs(to.high);
}

TEST(DoubleDouble, TwoSumKeepsWhatRoundingLoses) {
  const DoubleDouble sum = two_sum(1e16, 0.75);  // doubles are 2 apart there
  EXPECT_EQ(sum.high, 1e16);
  EXPECT_EQ(sum.low, 0.75);
  EXPECT_EQ(two_sum(0.75, 1e16), sum);
}

TEST(DoubleDouble, TwoProductKeepsWhatRoundingLoses) {
  const double a = 1 + 0x1p-30;
  const DoubleDouble square = two_product(a, a);  // 1 + 2^-29 + 2^-60
  EXPECT_EQ(square.high, 1 + 0x1p-29);
  EXPECT_EQ(square.low, 0x1p-60);
}

TEST(DoubleDouble, SumsKeepWhatCancellationLeaves) {
  const DoubleDouble third = DoubleDouble(1) / DoubleDouble(3);
  EXPECT_NE(third.low, 0.0);
  EXPECT_LT(relative((third + DoubleDouble(1e3)) - DoubleDouble(1e3) - third, third), 0x1p-94);
}

TEST(DoubleDouble, OperationsUndoEachOther) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> uniform(0.5, 2);
  for (int repeat = 0; repeat < 1000; ++repeat) {
    const DoubleDouble a = DoubleDouble(uniform(random)) + DoubleDouble(uniform(random) * 0x1p-54);
    const DoubleDouble b = DoubleDouble(uniform(random)) + DoubleDouble(uniform(random) * 0x1p-54);
    EXPECT_LT(relative(a / b * b - a, a), 0x1p-100);
    EXPECT_LT(relative(a + b - b - a, a), 0x1p-100);
    EXPECT_LT(relative(square_root(a) * square_root(a) - a, a), 0x1p-100);
  }
}

TEST(DoubleDouble, RootOfZero) { EXPECT_EQ(square_root(DoubleDouble(0)), DoubleDouble(0)); }

}  // namespace
}  // namespace tcc

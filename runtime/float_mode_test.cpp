// The caller's mode does not reach what runs inside, and is there again behind it.
#include "runtime/float_mode.h"

#include <cfenv>
#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/support/caller_float_mode.h"

namespace tcc {
namespace {

// Volatile, so that the sums are computed where they stand.
volatile float one = 1.0F, tiny = 1e-10F, smallest = 1e-38F, tenth = 0.1F;

float sum() { return one + tiny; }
float subnormal() { return smallest * tenth; }

TEST(DefaultFloatMode, HidesTheCallersModeAndKeepsIt) {
  const float nearest = sum();
  const float small = subnormal();
  ASSERT_NE(small, 0.0F);
  const CallerFloatMode odd;
  EXPECT_GT(sum(), nearest) << "the mode of the test";
  {
    const DefaultFloatMode mode;
    EXPECT_EQ(sum(), nearest);
    EXPECT_EQ(subnormal(), small);
    EXPECT_EQ(std::fegetround(), FE_TONEAREST);
    EXPECT_EQ(std::strtod("0.1", nullptr), 0.1);
    const DefaultFloatMode again;
    EXPECT_EQ(sum(), nearest);
  }
  EXPECT_TRUE(odd.is_in_force());
  EXPECT_GT(sum(), nearest);
}

TEST(DefaultFloatMode, KeepsTheExceptionFlags) {
  std::feclearexcept(FE_ALL_EXCEPT);
  std::feraiseexcept(FE_OVERFLOW);
  {
    const DefaultFloatMode mode;
    EXPECT_NE(sum(), 0.0F);
  }
  EXPECT_EQ(std::fetestexcept(FE_ALL_EXCEPT), FE_OVERFLOW);
}

}  // namespace
}  // namespace tcc

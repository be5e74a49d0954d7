// Arithmetic with error bounds: what is certain, what is bounded, what is anything.
#include "frontend/reference_arithmetic.h"

#include <gtest/gtest.h>

#include "frontend/reference_elementwise.h"

namespace tcc::reference {
namespace {

using Value = Approximate<double>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double largest = std::numeric_limits<float>::max();
constexpr double u = 0x1p-24;

Value between(double value, double bound) { return {value, 0, bound, 0}; }

Value apply(Op op, const Value& a, const Value& b = {}, DType dtype = DType::f32) {
  return Operation<double>(op, dtype)(a, b, {});
}

struct ExactCase {
  Op op;
  double a, b, expected;
};

TEST(ReferenceArithmetic, ResultsWithoutRoundingAreCertain) {
  const ExactCase cases[] = {
      {Op::add, 1, 2, 3},
      {Op::add, 16777215, 1, 16777216},
      {Op::subtract, 0.5, 0.25, 0.25},
      {Op::multiply, 3, -0.5, -1.5},
      {Op::multiply, 0, 5, 0},
      {Op::divide, 1, 4, 0.25},
      {Op::divide, 0, 3, 0},
      {Op::divide, 1, 0, infinity},
      {Op::divide, 0, 0, nan},
      {Op::divide, 7, infinity, 0},
      {Op::square_root, 6.25, 0, 2.5},
      {Op::square_root, -1, 0, nan},
      {Op::square_root, infinity, 0, infinity},
      {Op::add, infinity, -infinity, nan},
      {Op::add, infinity, 1, infinity},
      {Op::multiply, infinity, 0, nan},
      {Op::multiply, -infinity, 2, -infinity},
      {Op::absolute, -3, 0, 3},
      {Op::negate, 3, 0, -3},
      {Op::relu, -3, 0, 0},
      {Op::relu, 3, 0, 3},
      {Op::relu, nan, 0, nan},
      {Op::minimum, 1, nan, nan},
      {Op::maximum, nan, infinity, nan},
      {Op::maximum, -infinity, -infinity, -infinity},
      {Op::minimum, 0.1f, 2, 0.1f},
  };
  for (const ExactCase& c : cases) {
    const Value result = apply(c.op, exactly<double>(c.a), exactly<double>(c.b));
    SCOPED_TRACE(testing::Message() << info_of(c.op).name << " of " << c.a << ", " << c.b);
    EXPECT_EQ(result.bound, 0);
    EXPECT_TRUE(result.value == c.expected || (std::isnan(result.value) && std::isnan(c.expected)))
        << result.value;
  }
}

struct BoundedCase {
  Op op;
  Value a, b;
  double value;
  double bound;  ///< to within 1 part in 10^5, underflow aside
};

TEST(ReferenceArithmetic, BoundsByHand) {
  const double third = 1.0 / 3;
  const BoundedCase cases[] = {
      // One rounding: u |result|.
      {Op::add, between(16777216, 0), between(1, 0), 16777217, 16777217 * u},
      {Op::divide, between(1, 0), between(3, 0), third, third * u},
      {Op::square_root, between(2, 0), {}, std::sqrt(2.0), std::sqrt(2.0) * u},
      // Errors of the operands add up, then one rounding.
      {Op::add, between(1, 0.25), between(2, 0.5), 3, 0.75 + u * 3.75},
      {Op::subtract, between(1, 0.25), between(2, 0.5), -1, 0.75 + u * 1.75},
      // |a| eb + ea |b| + ea eb
      {Op::multiply, between(2, 0.25), between(-3, 0.5), -6, 1 + 0.75 + 0.125 + u * 7.875},
      // (ea + |q| eb) / (|b| - eb)
      {Op::divide, between(1, 0.5), between(2, 1), 0.5, 1 + u * 1.5},
      // ea / (sqrt(a) + sqrt(a - ea))
      {Op::square_root, between(4, 3), {}, 2, 1 + u * 3},
      {Op::absolute, between(-1, 2), {}, 1, 2},
      {Op::relu, between(1, 2), {}, 1, 2},
      {Op::relu, between(-1, 0.5), {}, 0, 0},
      {Op::maximum, between(1, 0.5), between(3, 0.25), 3, 0.25},
      {Op::minimum, between(1, 0.5), between(1.5, 0.25), 1, 0.5},
  };
  for (const BoundedCase& c : cases) {
    const Value result = apply(c.op, c.a, c.b);
    SCOPED_TRACE(testing::Message() << info_of(c.op).name << " of " << c.a.value << " +- "
                                    << c.a.bound << ", " << c.b.value << " +- " << c.b.bound);
    EXPECT_DOUBLE_EQ(result.value, c.value);
    EXPECT_GE(result.bound, c.bound);
    EXPECT_LE(result.bound, c.bound * (1 + 1e-5) + 1e-40);
  }
}

TEST(ReferenceArithmetic, AnythingWhereNoBoundCanBeGiven) {
  EXPECT_TRUE(is_anything(apply(Op::divide, between(1, 0), between(0.5, 1))));
  EXPECT_TRUE(is_anything(apply(Op::square_root, between(0.5, 1))));
  EXPECT_TRUE(is_anything(apply(Op::add, between(largest, 0), between(largest, 0))));
  EXPECT_TRUE(is_anything(apply(Op::multiply, between(1e30, 0), between(1e30, 0))));
  EXPECT_TRUE(is_anything(apply(Op::multiply, between(infinity, 0), between(0.5, 1))));
  EXPECT_TRUE(is_anything(apply(Op::relu, anything<double>(0))));
  EXPECT_FALSE(is_anything(apply(Op::add, anything<double>(0), between(nan, 0))));
}

TEST(ReferenceArithmetic, TheSignOfAZeroMattersOnlyToADivision) {
  const Value either = apply(Op::maximum, exactly<double>(0.0), exactly<double>(-0.0));
  EXPECT_EQ(either.bound, 0);
  EXPECT_TRUE(is_anything(apply(Op::divide, exactly<double>(1), either)));
  EXPECT_EQ(apply(Op::divide, exactly<double>(1), exactly<double>(-0.0)).value, -infinity);
  EXPECT_EQ(apply(Op::divide, exactly<double>(1), apply(Op::absolute, exactly<double>(-0.0))).value,
            infinity);
}

TEST(ReferenceArithmetic, ComparisonsThatStraddleAreUnknown) {
  const Value known = apply(Op::less, between(1, 0.25), between(2, 0.25));
  EXPECT_EQ(known.integer, 1);
  EXPECT_EQ(known.bound, 0);
  const Value unknown = apply(Op::less, between(1, 0.5), between(2, 0.5));
  EXPECT_EQ(unknown.bound, 1);
  EXPECT_TRUE(unknown.marks & discontinuous);
  EXPECT_EQ(apply(Op::equal, between(nan, 0), between(nan, 0)).integer, 0);
  EXPECT_EQ(apply(Op::not_equal, between(nan, 0), between(1, 0.5)).integer, 1);
  EXPECT_EQ(apply(Op::less_equal, between(infinity, 0), between(infinity, 0)).integer, 1);
}

TEST(ReferenceArithmetic, LogicKnowsWhatUnknownOperandsCannotChange) {
  const Value unknown = whole<double>(1, 1, discontinuous);
  const Value no = whole<double>(0);
  const Value yes = whole<double>(1);
  EXPECT_EQ(apply(Op::logical_and, unknown, no, DType::boolean).bound, 0);
  EXPECT_EQ(apply(Op::logical_or, unknown, yes, DType::boolean).bound, 0);
  EXPECT_EQ(apply(Op::logical_and, unknown, yes, DType::boolean).bound, 1);
  EXPECT_EQ(apply(Op::logical_not, unknown, {}, DType::boolean).bound, 1);
  EXPECT_EQ(apply(Op::logical_or, no, no, DType::boolean).integer, 0);
}

TEST(ReferenceArithmetic, SelectCoversBothBranchesOfAnUnknownCondition) {
  const Operation<double> select(Op::select, DType::f32);
  const Value unknown = whole<double>(1, 1, discontinuous);
  const Value result = select(unknown, between(1, 0), between(4, 0.5));
  EXPECT_EQ(result.value, 1);
  EXPECT_NEAR(result.bound, 3.5, 1e-5);
  EXPECT_TRUE(result.marks & discontinuous);
  EXPECT_EQ(select(whole<double>(0), between(1, 0), between(4, 0.5)).value, 4);
  EXPECT_EQ(select(unknown, between(infinity, 0), between(infinity, 0)).bound, 0);
  EXPECT_TRUE(is_anything(select(unknown, between(nan, 0), between(1, 0))));
}

TEST(ReferenceArithmetic, Conversions) {
  const auto convert = [](DType from, DType to, const Value& value) {
    return Conversion<double>(from, to)(value);
  };
  EXPECT_EQ(convert(DType::i64, DType::f32, whole<double>(-7)).value, -7);
  EXPECT_EQ(convert(DType::i64, DType::f32, whole<double>(16777217)).bound > 0, true);
  EXPECT_EQ(convert(DType::u64, DType::f32, whole<double>(-1)).value, 0x1p64);
  EXPECT_EQ(convert(DType::f32, DType::i8, between(-1000, 0)).integer, -128);
  EXPECT_EQ(convert(DType::f32, DType::i64, between(nan, 0)).integer, 0);
  EXPECT_EQ(convert(DType::f32, DType::u64, between(infinity, 0)).integer, -1);
  EXPECT_EQ(convert(DType::f32, DType::i32, between(-2.75, 0)).integer, -2);
  EXPECT_EQ(convert(DType::f32, DType::i32, between(2.75, 0.5)).bound, 1);
  EXPECT_EQ(convert(DType::f32, DType::boolean, between(0.25, 0)).integer, 1);
  EXPECT_EQ(convert(DType::i64, DType::i8, whole<double>(200)).integer, -56);
  const Value narrowed = Conversion<double>(DType::f64, DType::f32)(between(0.1, 0));
  EXPECT_EQ(narrowed.value, 0.1);
  EXPECT_GE(narrowed.bound, std::fabs(static_cast<double>(0.1f) - 0.1));
  EXPECT_LE(narrowed.bound, 0.1 * u * 1.00001);
}

struct IntegerCase {
  Op op;
  DType dtype;
  std::int64_t a, b, expected;
};

TEST(ReferenceArithmetic, IntegersWrapAndFloor) {
  constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  const IntegerCase cases[] = {
      {Op::add, DType::i8, 127, 1, -128},
      {Op::add, DType::u8, 255, 1, 0},
      {Op::multiply, DType::i32, 65536, 65536, 0},
      {Op::subtract, DType::i64, lowest, 1, -(lowest + 1)},
      {Op::floor_divide, DType::i64, -7, 2, -4},
      {Op::modulo, DType::i64, -7, 2, 1},
      {Op::modulo, DType::i64, 7, -2, -1},
      {Op::floor_divide, DType::i64, 5, 0, 0},
      {Op::modulo, DType::i64, 5, 0, 0},
      {Op::floor_divide, DType::i64, lowest, -1, lowest},
      {Op::modulo, DType::i64, lowest, -1, 0},
      {Op::floor_divide, DType::u64, -1, 2, -1 - lowest},
      {Op::less, DType::u64, -1, 0, 0},
      {Op::less, DType::i64, -1, 0, 1},
      {Op::maximum, DType::u64, -1, 0, -1},
      {Op::relu, DType::i32, -5, 0, 0},
      {Op::absolute, DType::i8, -128, 0, -128},
      {Op::negate, DType::u8, 1, 0, 255},
  };
  for (const IntegerCase& c : cases) {
    const Value result = apply(c.op, whole<double>(c.a), whole<double>(c.b), c.dtype);
    EXPECT_EQ(result.integer, c.expected)
        << info_of(c.op).name << " of " << c.a << ", " << c.b << " " << name_of(c.dtype);
  }
}

}  // namespace
}  // namespace tcc::reference

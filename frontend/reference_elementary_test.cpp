// Bounds of elementary functions: they hold for every operand that may be meant and for results up
// to 4 numbers away, they are no larger than they must be, and they give up at poles and jumps.
#include "frontend/reference_elementary.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "dsl/dtypes.h"

namespace tcc::reference {
namespace {

using Value = Approximate<double>;

Value about(double value, double bound) { return {value, 0, bound, 0}; }

struct Row {
  Op op;
  double (*exact)(double, double);
};
template <double (*function)(double)> double unary(double x, double) { return function(x); }

const Row rows[] = {
    {Op::cbrt, unary<std::cbrt>},
    {Op::exp, unary<std::exp>},
    {Op::exp2, unary<std::exp2>},
    {Op::expm1, unary<std::expm1>},
    {Op::log, unary<std::log>},
    {Op::log2, unary<std::log2>},
    {Op::log10, unary<std::log10>},
    {Op::log1p, unary<std::log1p>},
    {Op::sin, unary<std::sin>},
    {Op::cos, unary<std::cos>},
    {Op::tan, unary<std::tan>},
    {Op::asin, unary<std::asin>},
    {Op::acos, unary<std::acos>},
    {Op::atan, unary<std::atan>},
    {Op::sinh, unary<std::sinh>},
    {Op::cosh, unary<std::cosh>},
    {Op::tanh, unary<std::tanh>},
    {Op::erf, unary<std::erf>},
    {Op::erfc, unary<std::erfc>},
    {Op::atan2, std::atan2},
    {Op::pow, std::pow},
    {Op::hypot, std::hypot},
    {Op::rsqrt, [](double x, double) { return 1 / std::sqrt(x); }},
};

float moved(float number, int steps) {
  for (; steps > 0; --steps)
    number = std::nextafter(number, INFINITY);
  for (; steps < 0; ++steps)
    number = std::nextafter(number, -INFINITY);
  return number;
}

TEST(ReferenceElementary, BoundsHoldForEveryOperandThatMayBeMeant) {
  std::mt19937_64 random(1);
  const auto unit = [&random] { return static_cast<double>(random() >> 11) * 0x1p-52 - 1; };
  const Precision precision = precision_of(DType::f32);
  int known = 0;
  for (const Row& row : rows) {
    for (int i = 0; i < 4000; ++i) {
      const double scale = std::exp2(12 * unit());
      const Value a = about(scale * unit(), i % 3 == 0 ? 0 : std::exp2(8 * unit() - 10) * scale);
      const Value b = about(4 * unit(), i % 2 == 0 ? 0 : std::exp2(8 * unit() - 10));
      const Value value = elementary(row.op, a, b, precision);
      if (is_anything(value)) continue;
      ++known;
      const double right = row.exact(a.value + a.bound * unit(), b.value + b.bound * unit());
      const float got = moved(static_cast<float>(right), static_cast<int>(random() % 9) - 4);
      if (std::isnan(right) && std::isnan(value.value)) continue;
      if (std::isinf(value.value) && std::fabs(got) >= largest_finite(DType::f32) / 2) continue;
      EXPECT_LE(std::fabs(got - value.value), value.bound)
          << info_of(row.op).name << "(" << a.value << " +- " << a.bound << ", " << b.value
          << " +- " << b.bound << ") is " << got << ", expected " << value.value;
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(known, 23 * 4000 / 2) << "bounds that say something";
}

TEST(ReferenceElementary, BoundsOfCertainOperandsAreFiveUnits) {
  const Precision precision = precision_of(DType::f32);
  for (const Row& row : rows) {
    const Value value = elementary(row.op, about(0.7, 0), about(1.3, 0), precision);
    EXPECT_LE(value.bound, 10 * precision.roundoff * std::fabs(value.value) + 1e-40)
        << info_of(row.op).name;
    EXPECT_GE(value.bound, 8 * precision.roundoff * std::fabs(value.value)) << info_of(row.op).name;
  }
}

TEST(ReferenceElementary, GivesUpAtPolesAndJumps) {
  const Precision precision = precision_of(DType::f32);
  const auto of = [&](Op op, const Value& a, const Value& b = about(0, 0)) {
    return elementary(op, a, b, precision);
  };
  EXPECT_TRUE(is_anything(of(Op::log, about(0.01, 0.02))));
  EXPECT_TRUE(is_certainly_nan(of(Op::log, about(-1, 0.5))));
  EXPECT_TRUE(is_anything(of(Op::rsqrt, about(0.01, 0.02))));
  EXPECT_TRUE(is_anything(of(Op::tan, about(1.57, 0.01))));
  EXPECT_FALSE(is_anything(of(Op::tan, about(1.5, 0.01))));
  EXPECT_TRUE(is_anything(of(Op::asin, about(1, 0.001))));
  EXPECT_TRUE(is_certainly_nan(of(Op::acos, about(-2, 0.5))));
  EXPECT_TRUE(is_anything(of(Op::atan2, about(0.1, 0.2), about(-1, 0.1))));
  EXPECT_FALSE(is_anything(of(Op::atan2, about(0.1, 0.2), about(1, 0.1))));
  EXPECT_TRUE(is_anything(of(Op::pow, about(0.1, 0.2), about(0.5, 0))));
  EXPECT_FALSE(is_anything(of(Op::pow, about(0.1, 0.2), about(2, 0))));
  EXPECT_EQ(of(Op::exp, about(200, 0)).value, infinity);
  EXPECT_EQ(of(Op::pow, about(NAN, 0), about(0, 0)).value, 1);
  EXPECT_LE(of(Op::sin, about(1e6, 100)).bound, 2.001) << "no more than the function itself";
}

TEST(ReferenceElementary, StepsAreCountedWhereTheyMayBePassed) {
  const Value sure = step_function(Op::floor, about(2.5, 0.4));
  EXPECT_EQ(sure.value, 2);
  EXPECT_EQ(sure.bound, 0);
  EXPECT_EQ(sure.marks & discontinuous, 0);
  const Value open = step_function(Op::floor, about(2.5, 0.6));
  EXPECT_EQ(open.bound, 1);
  EXPECT_NE(open.marks & discontinuous, 0);
  EXPECT_EQ(step_function(Op::round, about(2.5, 0)).value, 2);
  EXPECT_EQ(step_function(Op::sign, about(-0.1, 0.2)).bound, 2);
  EXPECT_TRUE(is_certainly_nan(step_function(Op::sign, about(NAN, 0))));

  const Precision precision = precision_of(DType::f32);
  const Value quotient = floor_division(Op::floor_divide, about(7.5, 0.1), about(2, 0), precision);
  EXPECT_EQ(quotient.value, 3);
  const Value rest = floor_division(Op::modulo, about(7.5, 0.1), about(-2, 0), precision);
  EXPECT_NEAR(rest.value, -0.5, 1e-12);
  EXPECT_GE(rest.bound, 0.1);
  EXPECT_TRUE(is_anything(floor_division(Op::modulo, about(8, 0.1), about(2, 0), precision)));

  for (const double sign : {1.0, -1.0}) {  // the rest of infinity is no number, whatever its sign
    const Value endless = about(sign * infinity, 0);
    EXPECT_TRUE(is_certainly_nan(floor_division(Op::modulo, endless, endless, precision)));
    EXPECT_TRUE(is_certainly_nan(floor_division(Op::floor_divide, endless, endless, precision)));
  }

  EXPECT_EQ(classify(Op::isnan, about(NAN, 0)).integer, 1);
  EXPECT_EQ(classify(Op::isfinite, about(1, 0.5)).integer, 1);
  EXPECT_EQ(classify(Op::isinf, about(0, infinity)).bound, 1);
}

}  // namespace
}  // namespace tcc::reference

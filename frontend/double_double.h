// Numbers of about 106 bits as the unevaluated sum of two doubles, for the reference evaluator.
//
// The error-free sum is Knuth's, the error-free product Dekker's with an fma; the operations are
// those of Hida, Li and Bailey, "Algorithms for quad-double precision floating point arithmetic",
// 2001. Their relative error is a few times 2^-104 as long as the low part does not underflow.
#pragma once

#include <cmath>

namespace tcc {

struct DoubleDouble {
  double high = 0;
  double low = 0;  ///< at most half a unit in the last place of `high`

  constexpr DoubleDouble(double number = 0) : high(number) {}  // NOLINT: a double is one
  constexpr DoubleDouble(double h, double l) : high(h), low(l) {}

  bool operator==(const DoubleDouble&) const = default;
};

/// a + b without error; a and b finite.
inline DoubleDouble two_sum(double a, double b) {
  const double sum = a + b;
  const double from_b = sum - a;
  return {sum, (a - (sum - from_b)) + (b - from_b)};
}

/// The same where |a| >= |b| or a == 0.
inline DoubleDouble quick_two_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

/// a * b without error, as long as the low part does not underflow.
inline DoubleDouble two_product(double a, double b) {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}

inline DoubleDouble operator-(const DoubleDouble& a) { return {-a.high, -a.low}; }

inline DoubleDouble operator+(const DoubleDouble& a, const DoubleDouble& b) {
  DoubleDouble sum = two_sum(a.high, b.high);
  const DoubleDouble rest = two_sum(a.low, b.low);
  sum = quick_two_sum(sum.high, sum.low + rest.high);
  return quick_two_sum(sum.high, sum.low + rest.low);
}

inline DoubleDouble operator-(const DoubleDouble& a, const DoubleDouble& b) { return a + (-b); }

inline DoubleDouble operator*(const DoubleDouble& a, const DoubleDouble& b) {
  const DoubleDouble product = two_product(a.high, b.high);
  return quick_two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/// By long division with three digits, each a double.
inline DoubleDouble operator/(const DoubleDouble& a, const DoubleDouble& b) {
  const double first = a.high / b.high;
  DoubleDouble rest = a - b * first;
  const double second = rest.high / b.high;
  rest = rest - b * second;
  const DoubleDouble quotient = quick_two_sum(first, second);
  return quotient + DoubleDouble(rest.high / b.high);
}

/// Karp's method: one Newton step on the reciprocal root, without a division.
inline DoubleDouble square_root(const DoubleDouble& a) {
  if (a.high == 0) return a;
  const double reciprocal = 1.0 / std::sqrt(a.high);
  const double root = a.high * reciprocal;
  const DoubleDouble rest = a - two_product(root, root);
  return quick_two_sum(root, rest.high * (reciprocal * 0.5));
}

/// a * 2^exponent.
inline DoubleDouble scale(const DoubleDouble& a, int exponent) {
  return {std::ldexp(a.high, exponent), std::ldexp(a.low, exponent)};
}

}  // namespace tcc

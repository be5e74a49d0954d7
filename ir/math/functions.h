// The functions on f64, for results of either accuracy. Private to ir/math.
#pragma once

#include <utility>

#include "ir/math/coefficients.h"
#include "ir/math/term.h"

namespace tcc::ir::math {

/// What a result will be rounded to: f32 takes shorter polynomials, and its arguments and results
/// are far from where f64 itself overflows or is subnormal.
enum class Accuracy : std::uint8_t { f32, f64 };

inline Term polynomial(const Term& x, Accuracy accuracy, std::span<const double> for_f64,
                       std::span<const double> for_f32) {
  return polynomial(x, accuracy == Accuracy::f64 ? for_f64 : for_f32);
}

/// A number as high + low, |low| at most half a unit in the last place of high.
struct Pair {
  Term high, low;
};

// exponential.cpp
Term exp(const Term& x, Accuracy accuracy);
Term exp2(const Term& x, Accuracy accuracy);
Term expm1(const Term& x, Accuracy accuracy);
Term sinh(const Term& x, Accuracy accuracy);
Term cosh(const Term& x, Accuracy accuracy);
Term tanh(const Term& x, Accuracy accuracy);
/// e^(x.high + x.low) * factor; |x| at most 800.
Term scaled_exp(const Pair& x, const Term& factor, Accuracy accuracy);

// logarithm.cpp
Term log(const Term& x, Accuracy accuracy);
Term log2(const Term& x, Accuracy accuracy);
Term log10(const Term& x, Accuracy accuracy);
Term log1p(const Term& x, Accuracy accuracy);
Term pow(const Term& x, const Term& y, Accuracy accuracy);

// trigonometric.cpp
enum class Trigonometric : std::uint8_t { sine, cosine, tangent };
/// Right up to large_angle(accuracy).
Term trigonometric(Trigonometric function, const Term& x, Accuracy accuracy);
/// Right beyond that.
Term trigonometric_of_large(Trigonometric function, const Term& x, Accuracy accuracy);
double large_angle(Accuracy accuracy);

// inverse_trigonometric.cpp
Term asin(const Term& x, Accuracy accuracy);
Term acos(const Term& x, Accuracy accuracy);
Term atan(const Term& x, Accuracy accuracy);
Term atan2(const Term& y, const Term& x, Accuracy accuracy);

// error_function.cpp
Term erf(const Term& x, Accuracy accuracy);
Term erfc(const Term& x, Accuracy accuracy);

// remainder.cpp
/// The steps of long division that any two operands need; one is enough unless has_long_quotient().
int steps_of_remainder(Accuracy accuracy);
Term has_long_quotient(const Term& a, const Term& b);
Term floor_modulo(const Term& a, const Term& b, int steps);
Term floor_quotient(const Term& a, const Term& b, int steps);

// roots.cpp
Term cbrt(const Term& x, Accuracy accuracy);
Term hypot(const Term& x, const Term& y, Accuracy accuracy);

}  // namespace tcc::ir::math

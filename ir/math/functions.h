// The functions on f64, for results of either accuracy, and some on f32. Private to ir/math.
#pragma once

#include <utility>

#include "ir/math/coefficients.h"
#include "ir/math/term.h"

namespace tcc::ir::math {

/// What a result will be rounded to: f32 takes shorter polynomials.
enum class Accuracy : std::uint8_t { f32, f64 };

/// Whether f32 is computed in f64: far from where that overflows or is subnormal.
inline bool has_room(const Term& x, Accuracy accuracy) {
  return x.dtype() == DType::f64 && accuracy == Accuracy::f32;
}

/// One of two numbers, by the type that is computed in.
template <typename Number> Number by_type(const Term& x, Number for_f64, Number for_f32) {
  return x.dtype() == DType::f64 ? for_f64 : for_f32;
}

/// A constant, given as a sum of two f64, as such a sum in the type of x.
struct Parts {
  double high, low;
};
inline Parts parts_for(const Term& x, double first, double second) {
  if (x.dtype() == DType::f64) return {first, second};
  const auto high = static_cast<double>(static_cast<float>(first));
  return {high, first - high};
}

inline Term polynomial(const Term& x, Accuracy accuracy, std::span<const double> for_f64,
                       std::span<const double> for_f32) {
  return polynomial(x, accuracy == Accuracy::f64 ? for_f64 : for_f32);
}

/// A number as high + low, |low| at most half a unit in the last place of high.
struct Pair {
  Term high, low;
};

// exponential.cpp; all but sinh, cosh and scaled_exp on f32 too
Term exp(const Term& x, Accuracy accuracy);
Term exp2(const Term& x, Accuracy accuracy);
Term expm1(const Term& x, Accuracy accuracy);
Term sinh(const Term& x, Accuracy accuracy);
Term cosh(const Term& x, Accuracy accuracy);
Term tanh(const Term& x, Accuracy accuracy);
/// e^(x.high + x.low) * factor; |x| at most 800.
Term scaled_exp(const Pair& x, const Term& factor, Accuracy accuracy);

// logarithm.cpp; log, log2 and log10 on f32 too
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

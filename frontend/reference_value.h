// A value of the reference evaluator: what is exact, and how far any correct evaluation in the
// program's own types may be from it.
//
// The error bounds follow from fl(x) = x * (1 + d) + e, |d| <= u, |e| <= the smallest subnormal
// (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 2.2).
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include <tcc/dtype.h>

#include "dsl/dtypes.h"
#include "dsl/narrow_float.h"
#include "frontend/double_double.h"

namespace tcc::reference {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// What else is known of a value; an operation's result has the marks of its operands.
enum Mark : std::uint8_t {
  discontinuous = 1,  ///< a comparison behind it could have gone either way
  any_zero_sign = 2,  ///< where it is zero, the sign depends on the order of evaluation
};

/// One number; `Real` is double, or DoubleDouble in programs with f64. Floats lie in `value`,
/// integers and bool in `integer` (u64 by its bits). A bool whose truth is not known has the bound
/// 1. With a bound of 0 the value is exactly what every evaluation gives; an infinite or NaN value
/// always has the bound 0 (it is certain) or an infinite one (anything is right).
template <typename Real> struct Approximate {
  Real value{};
  std::int64_t integer = 0;
  double bound = 0;
  std::uint8_t marks = 0;
};

/// What rounding does to an element type. For integers all is zero.
struct Precision {
  DType dtype;
  double roundoff = 0;        ///< u
  double underflow = 0;       ///< above the absolute error of an operation and of the reference
  double largest = infinity;  ///< finite value
  double smallest_normal = 0;
  double exact_integers = 0;  ///< integers up to here are representable
};
Precision precision_of(DType dtype);

/// n*u / (1 - n*u): the relative error of n roundings one after the other; Higham's gamma_n.
double gamma(double n, const Precision& precision);

/// Bounds are computed in double, and the reference rounds too: both are far below this part.
inline constexpr double slack = 1 + 0x1p-20;

inline double high_part(double number) { return number; }
inline double high_part(const DoubleDouble& number) { return number.high; }
inline double low_part(double) { return 0; }
inline double low_part(const DoubleDouble& number) { return number.low; }

inline double magnitude(double number) { return std::fabs(number); }
inline double magnitude(const DoubleDouble& number) { return std::fabs(number.high); }

/// Whether a double is a number of the element type.
inline bool is_representable(double number, DType dtype) {
  if (dtype == DType::f64) return true;
  if (dtype != DType::f32) return is_float(dtype) && nearest_in(number, dtype) == number;
  if (std::fabs(number) > std::numeric_limits<float>::max()) return false;
  return static_cast<double>(static_cast<float>(number)) == number;
}

template <typename Real> bool is_exact(const Approximate<Real>& a) { return a.bound == 0; }
template <typename Real> bool is_finite(const Approximate<Real>& a) {
  return std::isfinite(high_part(a.value));
}
template <typename Real> bool is_certainly_nan(const Approximate<Real>& a) {
  return is_exact(a) && std::isnan(high_part(a.value));
}
template <typename Real> bool is_anything(const Approximate<Real>& a) {
  return a.bound == infinity;
}

/// a - b, of which at least the sign is right; not for NaN.
template <typename Real> double difference(const Approximate<Real>& a, const Approximate<Real>& b) {
  if (high_part(a.value) == high_part(b.value)) return low_part(a.value) - low_part(b.value);
  const double all = high_part(a.value - b.value);  // overflows for two parts near the largest
  return std::isfinite(all) ? all : high_part(a.value) - high_part(b.value);
}

template <typename Real> Approximate<Real> exactly(double number, std::uint8_t marks = 0) {
  return {Real(number), 0, 0, marks};
}
template <typename Real> Approximate<Real> anything(std::uint8_t marks) {
  return {Real(0.0), 0, infinity, marks};
}
template <typename Real>
Approximate<Real> whole(std::int64_t number, double bound = 0, std::uint8_t marks = 0) {
  return {Real(0.0), number, bound, marks};
}

/// A value that was `propagated` away from the exact one and is now within `error` of that;
/// anything where the type may overflow.
template <typename Real>
Approximate<Real> within(const Real& value, double error, std::uint8_t marks,
                         const Precision& precision) {
  const double bound = error * slack;
  const bool fits = magnitude(value) + bound <= precision.largest;
  return fits ? Approximate<Real>{value, 0, bound, marks} : anything<Real>(marks);
}

/// The same after one rounding.
template <typename Real>
Approximate<Real> rounded(const Real& value, double propagated, std::uint8_t marks,
                          const Precision& precision) {
  const double rounding = precision.roundoff * (magnitude(value) + propagated);
  return within(value, propagated + rounding + precision.underflow, marks, precision);
}

}  // namespace tcc::reference

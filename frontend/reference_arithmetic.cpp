// Arithmetic on approximate floats.
#include "frontend/reference_arithmetic.h"

#include <optional>

#include "dsl/dtypes.h"

namespace tcc::reference {

namespace {

// Below this a residual that shows whether a result is exact could underflow itself.
constexpr double surely_normal = 0x1p-900;

double root(double number) { return std::sqrt(number); }
DoubleDouble root(const DoubleDouble& number) {
  const bool tiny = number.high < surely_normal;  // its low part would be lost
  return tiny ? scale(square_root(scale(number, 200)), -100) : square_root(number);
}

double quotient(double a, double b) { return a / b; }
DoubleDouble quotient(const DoubleDouble& a, const DoubleDouble& b) {
  const bool tiny = std::fabs(a.high) < 0x1p-700;  // as above; the scaled quotient is below 2^674
  return tiny ? scale(scale(a, 300) / b, -300) : a / b;
}

template <typename Real> bool may_be_zero(const Approximate<Real>& a) {
  return !(magnitude(a.value) > a.bound * slack);
}
template <typename Real> bool is_certainly_zero(const Approximate<Real>& a) {
  return is_exact(a) && high_part(a.value) == 0;
}

bool is_number(double number, const Precision& precision) {
  return std::isfinite(number) && is_representable(number, precision.dtype);
}

// The results of finite operands that need no rounding at all.
template <typename Real>
std::optional<double> exact_sum(const Approximate<Real>& a, const Approximate<Real>& b,
                                const Precision& precision) {
  if (!is_exact(a) || !is_exact(b)) return {};
  const DoubleDouble sum = two_sum(high_part(a.value), high_part(b.value));
  return sum.low == 0 && is_number(sum.high, precision) ? std::optional(sum.high) : std::nullopt;
}

template <typename Real>
std::optional<double> exact_product(const Approximate<Real>& a, const Approximate<Real>& b,
                                    const Precision& precision) {
  if (!is_exact(a) || !is_exact(b)) return {};
  const DoubleDouble product = two_product(high_part(a.value), high_part(b.value));
  const bool no_rest = product.low == 0 && std::fabs(product.high) > surely_normal;
  return no_rest && is_number(product.high, precision) ? std::optional(product.high) : std::nullopt;
}

template <typename Real>
std::optional<double> exact_ratio(const Approximate<Real>& a, const Approximate<Real>& b,
                                  const Precision& precision) {
  const double high = high_part(a.value);
  const double ratio = high / high_part(b.value);
  const double smaller = std::fmin(std::fabs(high), std::fabs(ratio));
  if (!is_exact(a) || !is_exact(b) || smaller < surely_normal) return {};
  const bool no_rest = std::fma(ratio, high_part(b.value), -high) == 0;
  return no_rest && is_number(ratio, precision) ? std::optional(ratio) : std::nullopt;
}

/// What every operation of two operands does with NaN, unknown and infinite operands;
/// `of_doubles` computes what is certain, and finite operands are left to the caller.
enum class Operands : std::uint8_t { settled, finite };

template <typename Real>
Operands settle(const Approximate<Real>& a, const Approximate<Real>& b, double of_doubles,
                Approximate<Real>& result) {
  const std::uint8_t marks = a.marks | b.marks;
  if (is_certainly_nan(a) || is_certainly_nan(b)) {
    result = exactly<Real>(std::numeric_limits<double>::quiet_NaN(), marks);
  } else if (is_anything(a) || is_anything(b)) {
    result = anything<Real>(marks);
  } else if (!is_finite(a) || !is_finite(b)) {
    result = exactly<Real>(of_doubles, marks);
  } else {
    return Operands::finite;
  }
  return Operands::settled;
}

}  // namespace

Precision precision_of(DType dtype) {
  Precision precision{.dtype = dtype};
  if (!is_float(dtype)) return precision;
  precision.roundoff = unit_roundoff(dtype);
  precision.underflow = 8 * smallest_subnormal(dtype);
  precision.largest = largest_finite(dtype);
  precision.smallest_normal = smallest_subnormal(dtype) / (2 * precision.roundoff);
  precision.exact_integers = 1 / precision.roundoff;
  return precision;
}

double gamma(double n, const Precision& precision) {
  const double relative = n * precision.roundoff;
  return relative < 1 ? relative / (1 - relative) : infinity;
}

template <typename Real>
auto Arithmetic<Real>::add(const Value& a, const Value& b, const Precision& precision) -> Value {
  Approximate<Real> result;
  const double high = high_part(a.value) + high_part(b.value);
  if (settle(a, b, high, result) == Operands::settled) return result;
  const std::uint8_t marks = a.marks | b.marks;
  if (const auto sum = exact_sum(a, b, precision)) return exactly<Real>(*sum, marks);
  return rounded<Real>(a.value + b.value, a.bound + b.bound, marks, precision);
}

template <typename Real> auto Arithmetic<Real>::negate(const Value& a) -> Value {
  return {-a.value, 0, a.bound, a.marks};
}

template <typename Real>
auto Arithmetic<Real>::multiply(const Value& a, const Value& b, const Precision& precision)
    -> Value {
  Approximate<Real> result;
  const std::uint8_t marks = a.marks | b.marks;
  const double high = high_part(a.value) * high_part(b.value);
  if (settle(a, b, high, result) == Operands::settled) {
    // An infinite operand leaves only the sign to the other one, and nothing where that may be 0.
    const bool sign_open = (!is_exact(a) && may_be_zero(a)) || (!is_exact(b) && may_be_zero(b));
    return sign_open && !is_certainly_nan(a) && !is_certainly_nan(b) ? anything<Real>(marks)
                                                                     : result;
  }
  if (is_certainly_zero(a) || is_certainly_zero(b)) {
    return exactly<Real>(high, is_exact(a) && is_exact(b) ? marks : marks | any_zero_sign);
  }
  if (const auto product = exact_product(a, b, precision)) return exactly<Real>(*product, marks);
  const double propagated = magnitude(a.value) * b.bound + a.bound * (magnitude(b.value) + b.bound);
  return rounded<Real>(a.value * b.value, propagated, marks, precision);
}

namespace {

template <typename Real>
Approximate<Real> divide_by_zero(const Approximate<Real>& a, const Approximate<Real>& b,
                                 std::uint8_t marks) {
  if (is_certainly_zero(a)) {
    return exactly<Real>(std::numeric_limits<double>::quiet_NaN(), marks);
  }
  if (may_be_zero(a) || (b.marks & any_zero_sign)) return anything<Real>(marks);
  return exactly<Real>(high_part(a.value) / high_part(b.value), marks);
}

}  // namespace

template <typename Real>
auto Arithmetic<Real>::divide(const Value& a, const Value& b, const Precision& precision) -> Value {
  Approximate<Real> result;
  std::uint8_t marks = a.marks | b.marks;
  const Operands operands = settle(a, b, high_part(a.value) / high_part(b.value), result);
  if (is_certainly_nan(a) || is_certainly_nan(b) || is_anything(a) || is_anything(b)) return result;
  if (is_certainly_zero(b)) return divide_by_zero(a, b, marks);
  if (may_be_zero(b)) return anything<Real>(marks);
  if (operands == Operands::settled) {
    if (high_part(result.value) == 0) result.marks |= any_zero_sign;
    return result;
  }
  if (is_certainly_zero(a)) return exactly<Real>(high_part(a.value) / high_part(b.value), marks);
  if (const auto ratio = exact_ratio(a, b, precision)) return exactly<Real>(*ratio, marks);
  const Real value = quotient(a.value, b.value);
  const double smallest_divisor = magnitude(b.value) - b.bound;
  // In this form no product underflows before it is divided.
  const double propagated =
      a.bound / smallest_divisor + magnitude(value) * (b.bound / smallest_divisor);
  return rounded<Real>(value, propagated, marks, precision);
}

template <typename Real>
auto Arithmetic<Real>::square_root(const Value& a, const Precision& precision) -> Value {
  const double high = high_part(a.value);
  if (is_anything(a) || std::isnan(high)) return a;
  if (is_exact(a) && (!is_finite(a) || high <= 0)) return exactly<Real>(std::sqrt(high), a.marks);
  if (high + a.bound < 0) {
    return exactly<Real>(std::numeric_limits<double>::quiet_NaN(), a.marks);
  }
  if (high - a.bound < 0) return anything<Real>(a.marks | discontinuous);
  const double first = std::sqrt(high);
  const bool no_rest = high > surely_normal && std::fma(first, first, -high) == 0;
  if (is_exact(a) && no_rest && is_number(first, precision)) return exactly<Real>(first, a.marks);
  const double propagated = a.bound == 0 ? 0 : a.bound / (first + std::sqrt(high - a.bound));
  return rounded<Real>(root(a.value), propagated, a.marks, precision);
}

template <typename Real> auto Arithmetic<Real>::absolute(const Value& a) -> Value {
  return std::signbit(high_part(a.value)) ? negate(a) : a;
}

template <typename Real> auto Arithmetic<Real>::maximum(const Value& a, const Value& b) -> Value {
  Approximate<Real> result;
  const double high = std::fmax(high_part(a.value), high_part(b.value));
  const std::uint8_t marks = a.marks | b.marks | (high == 0 ? any_zero_sign : 0);
  const bool settled = settle(a, b, high, result) == Operands::settled;
  if (settled && (is_certainly_nan(result) || is_anything(result))) return result;
  const double a_minus_b = difference(a, b);
  const auto& larger = a_minus_b < 0 ? b : a;
  const bool apart = std::fabs(a_minus_b) > (a.bound + b.bound) * slack;
  const double bound = apart || settled ? larger.bound : std::fmax(a.bound, b.bound) * slack;
  return {larger.value, 0, bound, marks};
}

template <typename Real> auto Arithmetic<Real>::minimum(const Value& a, const Value& b) -> Value {
  return negate(maximum(negate(a), negate(b)));
}

template struct Arithmetic<double>;
template struct Arithmetic<DoubleDouble>;

}  // namespace tcc::reference

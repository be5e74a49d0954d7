// Elementary functions on approximate floats.
#include "frontend/reference_elementary.h"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"

namespace tcc::reference {

namespace {

using Wide = long double;

/// Far above the relative error of a function of libm, argument included.
constexpr Wide libm_error = 32 * std::numeric_limits<Wide>::epsilon();
constexpr double ulps_allowed = 4.5;
constexpr Wide quarter_turn = 1.57079632679489661923132169163975144L;

std::optional<Wide> apply_unary(Op op, Wide x) {
  switch (op) {
    case Op::rsqrt: return 1 / std::sqrt(x);
    case Op::cbrt: return std::cbrt(x);
    case Op::exp: return std::exp(x);
    case Op::exp2: return std::exp2(x);
    case Op::expm1: return std::expm1(x);
    case Op::log: return std::log(x);
    case Op::log2: return std::log2(x);
    case Op::log10: return std::log10(x);
    case Op::log1p: return std::log1p(x);
    case Op::sin: return std::sin(x);
    case Op::cos: return std::cos(x);
    case Op::tan: return std::tan(x);
    case Op::asin: return std::asin(x);
    case Op::acos: return std::acos(x);
    case Op::atan: return std::atan(x);
    case Op::sinh: return std::sinh(x);
    case Op::cosh: return std::cosh(x);
    case Op::tanh: return std::tanh(x);
    case Op::erf: return std::erf(x);
    case Op::erfc: return std::erfc(x);
    default: return {};
  }
}

Wide apply(Op op, Wide x, Wide y) {
  if (const auto value = apply_unary(op, x)) return *value;
  switch (op) {
    case Op::atan2: return std::atan2(x, y);
    case Op::pow:
    case Op::power: return std::pow(x, y);
    case Op::hypot: return std::hypot(x, y);
    default: break;
  }
  bug(fmt::format("the reference has no function '{}'", info_of(op).name));
}

template <typename Real> Wide wide(const Real& number) {
  const double low = low_part(number);
  return low == 0 ? Wide{high_part(number)} : Wide{high_part(number)} + low;  // keeps -0
}

double to_real(Wide number, double) { return static_cast<double>(number); }
DoubleDouble to_real(Wide number, const DoubleDouble&) {
  const auto high = static_cast<double>(number);
  return {high, std::isfinite(high) ? static_cast<double>(number - Wide{high}) : 0.0};
}

/// Where an operand may lie.
struct Range {
  Wide low, middle, high;
  bool contains(Wide point) const { return low <= point && point <= high; }
};

template <typename Real> Range range_of(const Approximate<Real>& a) {
  const Wide middle = wide(a.value);
  const Wide reach = a.bound == 0 ? 0 : Wide{a.bound} * slack + std::fabs(middle) * libm_error;
  return {middle - reach, middle, middle + reach};
}

enum class Domain : std::uint8_t { inside, outside, unknown };

/// Whether all, none or some of the range is in what a function of one operand takes.
Domain domain_of(Op op, const Range& x) {
  const auto above = [&x](Wide limit) {
    return x.low > limit ? Domain::inside : x.high < limit ? Domain::outside : Domain::unknown;
  };
  switch (op) {
    case Op::rsqrt:
    case Op::log:
    case Op::log2:
    case Op::log10: return above(0);
    case Op::log1p: return above(-1);
    case Op::asin:
    case Op::acos:
      if (x.low > 1 || x.high < -1) return Domain::outside;
      return x.low >= -1 && x.high <= 1 ? Domain::inside : Domain::unknown;
    case Op::tan: {
      const auto branch = [](Wide at) { return std::floor((at / quarter_turn + 1) / 2); };
      const bool reliable = std::fabs(x.middle) < 0x1p40L;
      return reliable && branch(x.low) == branch(x.high) ? Domain::inside : Domain::unknown;
    }
    default: return Domain::inside;
  }
}

Domain domain_of(Op op, const Range& x, const Range& y) {
  if (op == Op::atan2) {  // (y, x): the cut, where the angle jumps
    return x.contains(0) && y.low <= 0 ? Domain::unknown : Domain::inside;
  }
  if (op != Op::pow && op != Op::power) return domain_of(op, x);
  if (x.low > 0) return Domain::inside;
  const bool is_whole = y.low == y.high && std::trunc(y.middle) == y.middle;
  return is_whole && (!x.contains(0) || y.middle > 0) ? Domain::inside : Domain::unknown;
}

/// The furthest from the middle that the function comes in the box.
Wide deviation(Op op, const Range& x, const Range& y) {
  if (op == Op::sin || op == Op::cos) return std::fmin(x.high - x.middle, Wide{2});
  const Wide middle = apply(op, x.middle, y.middle);
  // The extremes lie at corners, or where an operand is 0 (cosh, hypot, even powers).
  std::array<Wide, 3> xs = {x.low, x.high, x.contains(0) ? 0 : x.high};
  std::array<Wide, 3> ys = {y.low, y.high, y.contains(0) ? 0 : y.high};
  Wide furthest = 0;
  for (const Wide at_x : xs) {
    for (const Wide at_y : ys) {
      const Wide value = apply(op, at_x, at_y);
      if (!std::isfinite(value)) return infinity;
      furthest = std::fmax(furthest, std::fabs(value - middle));
    }
  }
  return furthest;
}

/// `value` with what 4 units in the last place, its own error and `propagated` come to.
template <typename Real>
Approximate<Real> allowed(Wide value, Wide propagated, std::uint8_t marks,
                          const Precision& precision) {
  const Wide own = std::fabs(value) * libm_error + propagated;
  if (std::fabs(value) - own > 4 * Wide{precision.largest}) {
    return exactly<Real>(value > 0 ? infinity : -infinity, marks);
  }
  const auto error = static_cast<double>(own);
  const auto size = static_cast<double>(std::fabs(value)) + error;
  const double rounding = 2 * ulps_allowed * precision.roundoff * size;
  return within<Real>(to_real(value, Real{}), error + rounding + precision.underflow, marks,
                      precision);
}

/// a // b and a % b of exact numbers, as NumPy has them.
template <typename Real>
Approximate<Real> exact_division(Op op, double a, double b, std::uint8_t marks,
                                 const Precision& precision) {
  double rest = std::fmod(a, b);
  if (rest == 0) rest = std::copysign(0.0, b);
  const bool wraps = rest != 0 && !std::isnan(rest) && (rest < 0) != (b < 0);
  const bool to_infinity = wraps && std::isinf(b);
  if (op == Op::modulo) {
    if (!wraps || to_infinity) return exactly<Real>(wraps ? b : rest, marks);
    return rounded<Real>(Real(rest) + Real(b), 0, marks, precision);
  }
  if (b == 0) return (marks & any_zero_sign) ? anything<Real>(marks) : exactly<Real>(a / b, marks);
  if (std::isnan(rest) || to_infinity) return exactly<Real>(to_infinity ? -1 : rest, marks);
  Wide quotient = std::nearbyint((Wide{a} - rest) / b) - (wraps ? 1 : 0);
  if (quotient == 0) quotient = std::copysign(Wide{0}, Wide{a} / b);
  if (std::fabs(quotient) < 0x1p50L && std::fabs(quotient) <= precision.exact_integers) {
    return exactly<Real>(static_cast<double>(quotient), marks);
  }
  return allowed<Real>(quotient, 0, marks, precision);
}

Wide step(Op op, Wide x) {
  switch (op) {
    case Op::floor: return std::floor(x);
    case Op::ceil: return std::ceil(x);
    case Op::round: return std::nearbyint(x);
    case Op::trunc: return std::trunc(x);
    case Op::sign: return x > 0 ? 1 : x < 0 ? -1 : 0;
    default: break;
  }
  bug(fmt::format("'{}' has no steps", info_of(op).name));
}

}  // namespace

bool is_elementary(Op op) {
  return op == Op::power || op == Op::atan2 || op == Op::pow || op == Op::hypot ||
         apply_unary(op, 1).has_value();
}

template <typename Real>
Approximate<Real> elementary(Op op, const Approximate<Real>& a, const Approximate<Real>& b,
                             const Precision& precision) {
  const std::uint8_t marks = a.marks | b.marks;
  if (is_exact(a) && is_exact(b)) {
    const bool sign_open = op == Op::atan2 && (marks & any_zero_sign) != 0 &&
                           (high_part(a.value) == 0 || high_part(b.value) == 0);
    const bool pole_open = (marks & any_zero_sign) != 0 && high_part(a.value) == 0 &&
                           (op == Op::rsqrt || op == Op::pow || op == Op::power);
    if (sign_open || pole_open) return anything<Real>(marks);
    const Wide value = apply(op, wide(a.value), wide(b.value));
    if (!std::isfinite(value)) return exactly<Real>(static_cast<double>(value), marks);
    return allowed<Real>(value, 0, marks, precision);
  }
  if (is_anything(a) || is_anything(b) || !is_finite(a) || !is_finite(b)) {
    const bool nan = is_certainly_nan(a) && apply_unary(op, 1).has_value();
    return nan ? a : anything<Real>(marks);
  }
  const Range x = range_of(a), y = range_of(b);
  const Domain domain = domain_of(op, x, y);
  if (domain == Domain::unknown) return anything<Real>(marks | discontinuous);
  if (domain == Domain::outside) {
    return exactly<Real>(std::numeric_limits<double>::quiet_NaN(), marks);
  }
  const Wide value = apply(op, x.middle, y.middle);
  const Wide propagated = deviation(op, x, y);
  if (!std::isfinite(value) || !std::isfinite(propagated)) return anything<Real>(marks);
  return allowed<Real>(value, propagated, marks, precision);
}

template <typename Real>
Approximate<Real> floor_division(Op op, const Approximate<Real>& a, const Approximate<Real>& b,
                                 const Precision& precision) {
  const std::uint8_t marks = a.marks | b.marks;
  if (is_certainly_nan(a) || is_certainly_nan(b)) return is_certainly_nan(a) ? a : b;
  if (is_exact(a) && is_exact(b)) {
    return exact_division<Real>(op, high_part(a.value), high_part(b.value), marks, precision);
  }
  const bool is_known = is_finite(a) && is_finite(b) && !is_anything(a) && !is_anything(b);
  const Range x = range_of(a), y = range_of(b);
  if (!is_known || y.contains(0)) return anything<Real>(marks | discontinuous);
  const Wide quotient = std::floor(x.middle / y.middle);
  Wide furthest = 0;
  for (const Wide at_x : {x.low, x.high}) {
    for (const Wide at_y : {y.low, y.high})
      furthest = std::fmax(furthest, std::fabs(std::floor(at_x / at_y) - quotient));
  }
  const bool is_open = furthest != 0 || std::fabs(quotient) >= 0x1p50L;
  if (op == Op::floor_divide) {
    const std::uint8_t all = marks | any_zero_sign | (is_open ? discontinuous : 0);
    return allowed<Real>(quotient, furthest, all, precision);
  }
  if (is_open) return anything<Real>(marks | discontinuous);
  const Real times = to_real(quotient, Real{});
  const double propagated = a.bound + static_cast<double>(std::fabs(quotient)) * b.bound;
  return rounded<Real>(a.value - times * b.value, propagated, marks | any_zero_sign, precision);
}

template <typename Real> Approximate<Real> step_function(Op op, const Approximate<Real>& a) {
  if (is_anything(a) || std::isnan(high_part(a.value))) return a;
  const Range x = range_of(a);
  const Wide value = step(op, x.middle);
  const auto number = to_real(value, Real{});
  const Wide below = value - step(op, x.low);
  const Wide above = step(op, x.high) - value;
  if (is_exact(a)) return {number, 0, 0, a.marks};
  if (below == 0 && above == 0) return {number, 0, 0, std::uint8_t(a.marks | any_zero_sign)};
  const auto reach = static_cast<double>(std::fmax(below, above));
  return {number, 0, reach, std::uint8_t(a.marks | discontinuous | any_zero_sign)};
}

template <typename Real> Approximate<Real> classify(Op op, const Approximate<Real>& a) {
  const double high = high_part(a.value);
  if (is_anything(a)) {
    return whole<Real>(op == Op::isfinite ? 1 : 0, 1, a.marks | discontinuous);
  }
  const bool holds = op == Op::isnan   ? std::isnan(high)
                     : op == Op::isinf ? std::isinf(high)
                                       : std::isfinite(high);
  return whole<Real>(holds ? 1 : 0, 0, a.marks);
}

template Approximate<double> elementary(Op, const Approximate<double>&, const Approximate<double>&,
                                        const Precision&);
template Approximate<DoubleDouble> elementary(Op, const Approximate<DoubleDouble>&,
                                              const Approximate<DoubleDouble>&, const Precision&);
template Approximate<double> floor_division(Op, const Approximate<double>&,
                                            const Approximate<double>&, const Precision&);
template Approximate<DoubleDouble> floor_division(Op, const Approximate<DoubleDouble>&,
                                                  const Approximate<DoubleDouble>&,
                                                  const Precision&);
template Approximate<double> step_function(Op, const Approximate<double>&);
template Approximate<DoubleDouble> step_function(Op, const Approximate<DoubleDouble>&);
template Approximate<double> classify(Op, const Approximate<double>&);
template Approximate<DoubleDouble> classify(Op, const Approximate<DoubleDouble>&);

}  // namespace tcc::reference

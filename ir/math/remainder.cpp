// `//` and `%` of floats as in Python: the rest of a division that floors has the divisor's sign.
#include <cmath>
#include <limits>

#include "ir/math/functions.h"

namespace tcc::ir::math {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int bits_of_a_step = 50;

/// The rest of x / y, 0 <= x < y * 2^50, y > 0: exact. The quotient may be rounded up to the next
/// whole number; the rest is a multiple of a unit of y and below 2 y, so nothing of it is lost.
Term rest_of_step(const Term& x, const Term& y) {
  const Term rest = fma(trunc(x / y), -y, x);
  return select(rest < 0.0, rest + y, select(rest >= y, rest - y, rest));
}

/// The rest of |a| / |b|; with `steps` > 1 of quotients up to 2^(50 * steps), by long division.
Term rest(const Term& a, const Term& b, int steps) {
  const Term x = absolute(a), y = absolute(b);
  Term left = x;
  for (int step = steps - 1; step > 0; --step) {
    Term scaled = y;
    for (int power = bits_of_a_step * step; power > 0; power -= 1000)
      scaled = scaled * scaled.same(power > 1000 ? 0x1p1000 : std::ldexp(1.0, power));
    // Beyond x there is nothing to take off; what overflowed is beyond it.
    left = select(scaled <= left, rest_of_step(left, minimum(scaled, left)), left);
  }
  const Term last = rest_of_step(left, y);
  const Term is_number = (x < infinity) & (y > 0.0);
  const Term of_infinite = select(y == infinity, x, last);
  return select(is_number, of_infinite, std::numeric_limits<double>::quiet_NaN());
}

/// The rest with the sign of the divisor.
Term floored(const Term& a, const Term& b, const Term& rest) {
  const Term with_sign = with_sign_of(a, rest);
  const Term differs = (rest != 0.0) & ((a < 0.0) != (b < 0.0));
  return select(rest == 0.0, with_sign_of(b, rest), select(differs, with_sign + b, with_sign));
}

}  // namespace

int steps_of_remainder(Accuracy accuracy) { return accuracy == Accuracy::f64 ? 42 : 6; }

Term has_long_quotient(const Term& a, const Term& b) {
  return (absolute(a) >= absolute(b) * std::ldexp(1.0, bits_of_a_step)) & (absolute(a) < infinity);
}

Term floor_modulo(const Term& a, const Term& b, int steps) {
  const Term value = floored(a, b, rest(a, b, steps));
  return select(is_nan(a) | is_nan(b), a + b, value);
}

Term floor_quotient(const Term& a, const Term& b, int steps) {
  const Term modulo = floor_modulo(a, b, steps);
  const Term quotient = ((a - modulo) / b).unary(Op::round);
  // An infinite rest is that of a small number by an infinity of the other sign.
  const Term finite = select(absolute(modulo) == infinity, -1.0, quotient);
  const Term value = select(finite == 0.0, with_sign_of(a / b, absolute(finite)), finite);
  return select(b == 0.0, a / b, value);
}

}  // namespace tcc::ir::math

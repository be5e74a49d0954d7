// Arcsine, arccosine and arctangent: reduced to small arguments, then odd polynomials.
#include <limits>
#include <optional>

#include "ir/math/functions.h"

namespace tcc::ir::math {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double tan_pi_8 = 0x1.a827999fcef32p-2;  // sqrt(2) - 1; its neighbours would do as well

Term arctangent_tail(const Term& z, Accuracy accuracy) {
  const Term square = z * z;
  return z * square * polynomial(square, accuracy, atan_tail_f64, atan_tail_f32);
}

/// The angle of the point (b, a), a and b not negative and not both 0, within its quarter turn:
/// the quotient is taken after a turn by -pi/4 or -pi/2 where that makes it small. With `mirrored`
/// the angle to the negative axis instead, pi minus it.
Term angle(const Term& a, const Term& b, const std::optional<Term>& is_mirrored,
           Accuracy accuracy) {
  const Term is_low = a <= tan_pi_8 * b;
  const Term is_high = tan_pi_8 * a >= b;
  const Term numerator = select(is_low, a, select(is_high, -b, a - b));
  const Term denominator = select(is_low, b, select(is_high, a, a + b));
  const Term z = numerator / denominator;
  const auto pick = [&](double low, double middle, double high) {
    return select(is_low, low, select(is_high, high, a.same(middle)));
  };
  Term high = pick(0.0, quarter_pi_1, half_pi_1);
  Term low = pick(0.0, quarter_pi_2, half_pi_2);
  Term turn = z;
  if (is_mirrored) {
    high = select(*is_mirrored, pick(pi_1, three_quarter_pi_1, half_pi_1), high);
    low = select(*is_mirrored, pick(pi_2, three_quarter_pi_2, half_pi_2), low);
    turn = select(*is_mirrored, -z, z);
  }
  return high + (turn + (low + arctangent_tail(turn, accuracy)));
}

/// asin(x) - x for |x| <= 1/2, of which `square` is the square.
Term arcsine_tail(const Term& x, const Term& square, Accuracy accuracy) {
  return x * square * polynomial(square, accuracy, asin_tail_f64, asin_tail_f32);
}

/// asin(|x|) = pi/2 - 2 asin(sqrt((1 - |x|) / 2)) beyond 1/2.
struct ArcsineParts {
  Term size;
  Term is_small;
  Term root;  ///< what the polynomial is taken of
  Term tail;
};
ArcsineParts arcsine_parts(const Term& x, Accuracy accuracy) {
  const Term size = absolute(x);
  const Term is_small = size <= 0.5;
  const Term half_rest = fma(size, -0.5, size.same(0.5));  // exact beyond 1/2
  const Term square = select(is_small, x * x, half_rest);
  const Term argument = select(is_small, size, root(half_rest));
  return {size, is_small, argument, arcsine_tail(argument, square, accuracy)};
}

}  // namespace

Term asin(const Term& x, Accuracy accuracy) {
  const ArcsineParts parts = arcsine_parts(x, accuracy);
  const Term arc = parts.root + parts.tail;
  const Term large = half_pi_1 + fma(arc, -2.0, arc.same(half_pi_2));
  return select(parts.size < 0x1p-28, x, with_sign_of(x, select(parts.is_small, arc, large)));
}

Term acos(const Term& x, Accuracy accuracy) {
  const ArcsineParts parts = arcsine_parts(x, accuracy);
  const Term is_negative = x < 0.0;
  const Term signed_root = select(is_negative, -parts.root, parts.root);
  const Term signed_tail = select(is_negative, -parts.tail, parts.tail);
  const Term small = half_pi_1 - (signed_root - (half_pi_2 - signed_tail));
  const Term near_one = 2.0 * (parts.root + parts.tail);
  const Term near_minus_one = pi_1 - (2.0 * parts.root - fma(parts.tail, -2.0, x.same(pi_2)));
  return select(parts.is_small, small, select(is_negative, near_minus_one, near_one));
}

Term atan(const Term& x, Accuracy accuracy) {
  const Term size = minimum(absolute(x), 0x1p60);
  const Term value = angle(size, x.same(1.0), {}, accuracy);
  return select(size < 0x1p-28, x, with_sign_of(x, value));
}

Term atan2(const Term& y, const Term& x, Accuracy accuracy) {
  Term a = absolute(y), b = absolute(x);
  const Term both_infinite = (a == infinity) & (b == infinity);
  const Term both_zero = (a == 0.0) & (b == 0.0);
  if (accuracy == Accuracy::f64) {  // a + b must not overflow, nor b * tan(pi/8) be subnormal
    const Term is_large = (a > 0x1p1000) | (b > 0x1p1000);
    const Term is_small = (a < 0x1p-900) & (b < 0x1p-900);
    const Term factor = select(is_large, 0x1p-100, select(is_small, 0x1p200, a.same(1.0)));
    a = a * factor;
    b = b * factor;
  }
  a = select(both_infinite, 1.0, a);
  b = select(both_infinite | both_zero, 1.0, b);
  const Term value = with_sign_of(y, angle(a, b, is_signed(x), accuracy));
  return select(is_nan(x) | is_nan(y), x + y, value);
}

}  // namespace tcc::ir::math

// Cube root and hypotenuse.
#include <limits>

#include "ir/math/functions.h"

namespace tcc::ir::math {

/// x = 2^(3 e) * m with m in [1, 8): a polynomial, then two steps of Halley's method, each of which
/// triples the number of right bits.
Term cbrt(const Term& x, Accuracy accuracy) {
  const Term size = absolute(x);
  const bool may_be_subnormal = accuracy == Accuracy::f64;
  const Term is_subnormal = size < 0x1p-1022;
  const Term number = may_be_subnormal ? select(is_subnormal, size * 0x1p54, size) : size;
  const Term pattern = bits(number);
  const Term exponent = (pattern >> 52) - 1023;
  // Division by 3 as a product: exact for numbers below 2^15.
  const Term third = ((exponent + 1200) * 21846 >> 16) - 400;
  const Term m = from_bits(pattern - (third * 3 << 52));
  Term t = polynomial(m, cbrt_start);
  for (int step = 0; step < 2; ++step) {
    const Term cube = t * t * t;
    t = t - t * ((cube - m) / fma(cube, 2.0, m));
  }
  const Term unscaled = may_be_subnormal ? select(is_subnormal, third - 18, third) : third;
  const Term value = with_sign_of(x, t * power_of_two(unscaled));
  const Term is_ordinary = (size > 0.0) & (size < std::numeric_limits<double>::infinity());
  return select(is_ordinary, value, x + x);
}

/// Scaled where a square would overflow or lose bits; of f32 none does in f64.
Term hypot(const Term& x, const Term& y, Accuracy accuracy) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Term a = absolute(x), b = absolute(y);
  const Term is_infinite = (a == infinity) | (b == infinity);
  if (accuracy == Accuracy::f32) {
    return select(is_infinite, infinity, root(fma(a, a, b * b)));
  }
  const Term is_large = (a > 0x1p500) | (b > 0x1p500);
  const Term is_small = (a < 0x1p-400) & (b < 0x1p-400);
  const auto pick = [&](double for_large, double for_small) {
    return select(is_large, for_large, select(is_small, for_small, a.same(1.0)));
  };
  const Term factor = pick(0x1p-600, 0x1p600);
  const Term larger = maximum(a, b) * factor, smaller = minimum(a, b) * factor;
  const Term value = root(fma(larger, larger, smaller * smaller)) * pick(0x1p600, 0x1p-600);
  return select(is_infinite, infinity, value);
}

}  // namespace tcc::ir::math

// Logarithms and powers: x = 2^e * m with m in [1/sqrt(2), sqrt(2)), and log(m) = 2 atanh(s) with
// s = (m - 1) / (m + 1), a polynomial in s^2 times s^3 beside 2 s.
#include <limits>

#include "ir/math/functions.h"

namespace tcc::ir::math {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct Split {
  Term exponent;  ///< i64; i32 for f32
  Term fraction;  ///< m - 1, exact
};

/// For x > 0 and finite. Every f32 is a normal f64.
Split split(const Term& x, Accuracy accuracy) {
  const bool may_be_subnormal = !has_room(x, accuracy);
  const Term is_subnormal = x < by_type(x, 0x1p-1022, 0x1p-126);
  const Term number =
      may_be_subnormal ? select(is_subnormal, x * by_type(x, 0x1p54, 0x1p25), x) : x;
  const Term pattern = bits(number);
  const int fraction_bits = by_type(x, 52, 23);
  const auto bits_of_half_root = by_type<std::int64_t>(x, 0x3fe6a09e667f3bcd, 0x3f3504f3);
  const Term exponent = (pattern - bits_of_half_root) >> fraction_bits;
  const Term fraction = from_bits(pattern - (exponent << fraction_bits)) - 1.0;
  const Term unscaled =
      may_be_subnormal ? select(is_subnormal, exponent - by_type(x, 54, 25), exponent) : exponent;
  return {unscaled, fraction};
}

/// log(1 + f), f in [1/sqrt(2) - 1, sqrt(2) - 1): 2 s + s^3 * .. as f - s * (f - s^2 * ..), which
/// are equal, since the errors of s then weigh little beside f.
Term log_of_fraction(const Term& f, Accuracy accuracy) {
  const Term s = f / (f + 2.0);
  const Term square = s * s;
  const Term tail = square * polynomial(square, accuracy, log_tail_f64, log_tail_f32);
  return fma(-s, f - tail, f);
}

/// The value for x > 0 and finite, and what a logarithm is elsewhere.
Term with_specials(const Term& x, const Term& value) {
  const Term at_most_zero = select(x == 0.0, -infinity, x.same(not_a_number));
  const Term positive = select(x > 0.0, value, at_most_zero);
  return select(x < infinity, positive, x);  // infinity and NaN
}

/// e * factor + rest.
Term combine(const Term& exponent, const Parts& factor, const Term& rest) {
  return fma(exponent, factor.high, fma(exponent, factor.low, rest));
}

// Pairs: error-free sums and products (Dekker 1971; with an fma), for |a| >= |b|.
Pair quick_sum(const Term& a, const Term& b) {
  const Term sum = a + b;
  return {sum, b - (sum - a)};
}
Pair product(const Term& a, const Term& b) {
  const Term high = a * b;
  return {high, fma(a, b, -high)};
}
Pair product(const Pair& a, const Pair& b) {
  const Pair high = product(a.high, b.high);
  return quick_sum(high.high, high.low + fma(a.high, b.low, a.low * b.high));
}

/// log(x) of a finite x > 0 to about 65 bits, as `pow` needs: s and its cube in two parts each.
Pair precise_log(const Term& x) {
  const Split parts = split(x, Accuracy::f64);
  const Term& f = parts.fraction;
  const Term sum = f + 2.0;
  const Term lost = f - (sum - 2.0);
  const Term s = f / sum;
  const Pair s2{s, (fma(-s, sum, f) - s * lost) / sum};
  const Pair square = product(s2, s2);
  const Pair cube = product(square, s2);
  const Pair third = product(cube, {f.same(two_thirds_1), f.same(two_thirds_2)});
  const Term tail = cube.high * square.high * polynomial(square.high, log_tail5_f64);
  const Term e = parts.exponent.to(DType::f64);
  // e * ln2 + 2 s + 2/3 s^3 + tail, the larger first; without e, 2 s is the largest.
  const Pair of_exponent = product(e, e.same(ln2_1));
  const Pair first = quick_sum(of_exponent.high, 2.0 * s2.high);
  const Pair second = quick_sum(first.high, third.high);
  const Term low = fma(e, ln2_2, of_exponent.low) + (first.low + second.low) +
                   (fma(s2.low, 2.0, third.low) + tail);
  return quick_sum(second.high, low);
}

}  // namespace

Term log(const Term& x, Accuracy accuracy) {
  const Split parts = split(x, accuracy);
  const Term rest = log_of_fraction(parts.fraction, accuracy);
  const Parts ln2 = parts_for(x, ln2_1, ln2_2);
  return with_specials(x, combine(parts.exponent.to(x.dtype()), ln2, rest));
}

Term log2(const Term& x, Accuracy accuracy) {
  const Split parts = split(x, accuracy);
  const Term rest = log_of_fraction(parts.fraction, accuracy);
  const Parts log2_e = parts_for(x, log2_e_1, log2_e_2);
  return with_specials(x, parts.exponent.to(x.dtype()) + fma(rest, log2_e.high, rest * log2_e.low));
}

Term log10(const Term& x, Accuracy accuracy) {
  const Split parts = split(x, accuracy);
  const Term log_of_m = log_of_fraction(parts.fraction, accuracy);
  const Parts log10_e = parts_for(x, log10_e_1, log10_e_2);
  const Term rest = fma(log_of_m, log10_e.high, log_of_m * log10_e.low);
  const Parts log10_2 = parts_for(x, log10_2_1, log10_2_2);
  return with_specials(x, combine(parts.exponent.to(x.dtype()), log10_2, rest));
}

/// What 1 + x loses is added to the fraction; where 1 + x is about 1 that makes it x itself.
Term log1p(const Term& x, Accuracy accuracy) {
  const Term sum = x + 1.0;
  const Term part = sum - 1.0;
  const Term lost = (1.0 - (sum - part)) + (x - part);
  const Split parts = split(sum, Accuracy::f32);  // at least 2^-53
  const Term exponent = parts.exponent;
  const Term unscale = power_of_two(0 - minimum(exponent, 1000));
  const Term rest = log_of_fraction(parts.fraction + lost * unscale, accuracy);
  const Term value = combine(exponent.to(DType::f64), {ln2_1, ln2_2}, rest);
  return select(absolute(x) < 0x1p-54, x, with_specials(sum, value));
}

/// e^(y log|x|); an odd y keeps the sign of x.
Term pow(const Term& x, const Term& y, Accuracy accuracy) {
  const Term size = absolute(x);
  const Term infinite_log = select(size == 0.0, -infinity, size);  // of 0 and infinity; NaN
  const Term is_ordinary = (size > 0.0) & (size < infinity);
  const bool is_f32 = accuracy == Accuracy::f32;
  const Pair log_pair = is_f32 ? Pair{log(size, Accuracy::f64), x.same(0.0)} : precise_log(size);
  const Term log_high = select(is_ordinary, log_pair.high, infinite_log);
  const Term high = log_high * y;
  const Term low = is_f32 ? high.same(0.0) : fma(log_high, y, -high) + log_pair.low * y;
  const Term is_small = absolute(high) < 800.0;  // beyond it overflows or is 0
  const Term clamped = minimum(maximum(high, -800.0), 800.0);
  const Term value = scaled_exp({clamped, select(is_small, low, 0.0)}, x.same(1.0), Accuracy::f64);

  const Term half = 0.5 * y;
  const Term is_whole = trunc(y) == y;
  const Term is_odd = is_whole & (trunc(half) != half);
  const Term with_sign = select((is_signed(x)) & is_odd, -value, value);
  const Term is_undefined = (x < 0.0) & (x > -infinity) & (y != trunc(y));
  const Term defined = select(is_undefined, not_a_number, with_sign);
  const Term of_one = select((size == 1.0) & (absolute(y) == infinity), 1.0, defined);
  const Term with_nan = select(is_nan(x) | is_nan(y), not_a_number, of_one);
  return select((y == 0.0) | (x == 1.0), 1.0, with_nan);
}

}  // namespace tcc::ir::math

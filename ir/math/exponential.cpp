// Exponentials: x = k * ln(2) + r with |r| <= ln(2) / 2, and e^x = 2^k * e^r.
#include "ir/math/functions.h"

namespace tcc::ir::math {

namespace {

constexpr double shifter = 0x1.8p52;  // added, it leaves the nearest integer in the low bits

struct Reduced {
  Term r;
  Term k;  ///< i64
};

/// The nearest integer, |x| < 2^51, as f64 and as i64.
struct Nearest {
  Term real, whole;
};
Nearest nearest(const Term& shifted) {
  return {shifted - shifter, bits(shifted) - bits(shifted.same(shifter))};
}

/// x - k * ln2_1 is exact: both are multiples of a unit in the last place of ln2_1.
Reduced reduce(const Term& x) {
  const Nearest k = nearest(fma(x, log2_e_1, x.same(shifter)));
  return {fma(k.real, -ln2_2, fma(k.real, -ln2_1, x)), k.whole};
}

/// e^r - 1.
Term expm1_of_reduced(const Term& r, Accuracy accuracy) {
  return fma(r * r, polynomial(r, accuracy, exp_tail_f64, exp_tail_f32), r);
}

/// x * 2^k in two steps, of which only the second can round: |k| <= 2044.
Term scale(const Term& x, const Term& k, Accuracy accuracy) {
  if (accuracy == Accuracy::f32) return x * power_of_two(k);
  const Term half = k >> 1;
  return x * power_of_two(half) * power_of_two(k - half);
}

/// Beyond these e^x overflows or is 0 in the type of the result.
Term clamp_exponent(const Term& x, Accuracy accuracy, double lowest, double highest) {
  const bool is_f32 = accuracy == Accuracy::f32;
  return minimum(maximum(x, is_f32 ? -200.0 : lowest), is_f32 ? 200.0 : highest);
}

constexpr double lowest_exp = -746, highest_exp = 711;
constexpr double tiny = 0x1p-54;  // below it e^x - 1, sinh and tanh are their argument

}  // namespace

Term scaled_exp(const Pair& x, const Term& factor, Accuracy accuracy) {
  const Reduced reduced = reduce(x.high);
  const Term r = reduced.r + x.low;
  return scale(fma(factor, expm1_of_reduced(r, accuracy), factor), reduced.k, accuracy);
}

Term exp(const Term& x, Accuracy accuracy) {
  const Reduced reduced = reduce(clamp_exponent(x, accuracy, lowest_exp, highest_exp));
  return scale(1 + expm1_of_reduced(reduced.r, accuracy), reduced.k, accuracy);
}

Term exp2(const Term& x, Accuracy accuracy) {
  const Term within = minimum(maximum(x, -1080.0), 1030.0);
  const Nearest k = nearest(within + shifter);
  const Term r = within - k.real;
  const Term y = expm1_of_reduced(fma(r, ln2_1, r * ln2_2), accuracy);
  // f32 results are at least 2^-149, but arguments may be anything.
  return scale(1 + y, k.whole, Accuracy::f64);
}

/// 2^k * (e^r - 1) + (2^k - 1), all halved so that 2^1024 is not needed.
Term expm1(const Term& x, Accuracy accuracy) {
  const Reduced reduced = reduce(clamp_exponent(x, accuracy, -40, 710));  // k at most 1024
  const Term y = expm1_of_reduced(reduced.r, accuracy);
  const Term half_scale = power_of_two(reduced.k - 1);
  const Term value = 2.0 * fma(half_scale, y, half_scale - 0.5);
  return select(absolute(x) < tiny, x, value);
}

/// (t + t / (t + 1)) / 2 with t = e^|x| - 1; e^|x| / 2 where that is the same.
Term sinh(const Term& x, Accuracy accuracy) {
  const Term size = clamp_exponent(absolute(x), accuracy, 0, highest_exp);
  const Term t = expm1(minimum(size, 40.0), accuracy);
  const Term small = 0.5 * (t + t / (t + 1.0));
  const Reduced reduced = reduce(size);
  const Term large = scale(1 + expm1_of_reduced(reduced.r, accuracy), reduced.k - 1, accuracy);
  const Term value = select(size < 22.0, small, large);
  return select(absolute(x) < tiny, x, with_sign_of(x, value));
}

Term cosh(const Term& x, Accuracy accuracy) {
  const Term size = clamp_exponent(absolute(x), accuracy, 0, highest_exp);
  const Reduced reduced = reduce(size);
  const Term half = scale(1 + expm1_of_reduced(reduced.r, accuracy), reduced.k - 1, accuracy);
  return half + select(size < 22.0, 0.25 / half, 0.0);
}

/// t / (t + 2) with t = e^(2|x|) - 1.
Term tanh(const Term& x, Accuracy accuracy) {
  const Term t = expm1(2.0 * minimum(absolute(x), 20.0), accuracy);
  return select(absolute(x) < 0x1p-28, x, with_sign_of(x, t / (t + 2.0)));
}

}  // namespace tcc::ir::math

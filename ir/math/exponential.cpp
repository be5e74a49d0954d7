// Exponentials: x = k * ln(2) + r with |r| <= ln(2) / 2, and e^x = 2^k * e^r.
#include "ir/math/functions.h"

namespace tcc::ir::math {

namespace {

/// Added to a number, it leaves the nearest integer in the low bits.
double shifter_for(const Term& x) { return by_type(x, 0x1.8p52, 0x1.8p23); }

struct Reduced {
  Term r;
  Term k;  ///< i64; i32 for f32
};

/// The nearest integer as a float and as an integer.
struct Nearest {
  Term real, whole;
};
Nearest nearest(const Term& shifted) {
  const Term shifter = shifted.same(shifter_for(shifted));
  return {shifted - shifter, bits(shifted) - bits(shifter)};
}

/// x - k * ln2.high is exact: both are multiples of a unit in the last place of ln2.high.
Reduced reduce(const Term& x) {
  const Parts ln2 = parts_for(x, ln2_1, ln2_2);
  const Nearest k = nearest(fma(x, log2_e_1, x.same(shifter_for(x))));
  return {fma(k.real, -ln2.low, fma(k.real, -ln2.high, x)), k.whole};
}

/// e^r - 1.
Term expm1_of_reduced(const Term& r, Accuracy accuracy) {
  return fma(r * r, polynomial(r, accuracy, exp_tail_f64, exp_tail_f32), r);
}

/// x * 2^k in two steps, of which only the second can round: |k| <= 2044, 252 in f32.
Term scale(const Term& x, const Term& k, Accuracy accuracy) {
  if (has_room(x, accuracy)) return x * power_of_two(k);
  const Term half = k >> 1;
  return x * power_of_two(half) * power_of_two(k - half);
}

struct Limits {
  double lowest, highest;
};
constexpr Limits limits_of_exp = {-746, 711};  // beyond them e^x is 0 or overflows
constexpr Limits limits_of_exp_f32 = {-104, 89.5};

Term clamp(const Term& x, Accuracy accuracy, Limits for_f64, Limits for_f32) {
  const Limits with_room = {-200, 200};
  const Limits limits = has_room(x, accuracy) ? with_room : by_type(x, for_f64, for_f32);
  return minimum(maximum(x, limits.lowest), limits.highest);
}
Term clamp_exp(const Term& x, Accuracy accuracy) {
  return clamp(x, accuracy, limits_of_exp, limits_of_exp_f32);
}

/// Below it e^x - 1 and sinh are their argument.
double tiny_for(const Term& x) { return by_type(x, 0x1p-54, 0x1p-25); }

}  // namespace

Term scaled_exp(const Pair& x, const Term& factor, Accuracy accuracy) {
  const Reduced reduced = reduce(x.high);
  const Term r = reduced.r + x.low;
  return scale(fma(factor, expm1_of_reduced(r, accuracy), factor), reduced.k, accuracy);
}

Term exp(const Term& x, Accuracy accuracy) {
  const Reduced reduced = reduce(clamp_exp(x, accuracy));
  return scale(1 + expm1_of_reduced(reduced.r, accuracy), reduced.k, accuracy);
}

Term exp2(const Term& x, Accuracy accuracy) {
  const Parts ln2 = parts_for(x, ln2_1, ln2_2);
  const Term within = clamp(x, accuracy, {-1080, 1030}, {-152, 129});
  const Nearest k = nearest(within + shifter_for(x));
  const Term r = within - k.real;
  const Term y = expm1_of_reduced(fma(r, ln2.high, r * ln2.low), accuracy);
  return scale(1 + y, k.whole, accuracy);
}

/// 2^k * (e^r - 1) + (2^k - 1), all halved so that the largest 2^k is not needed.
Term expm1(const Term& x, Accuracy accuracy) {
  const Reduced reduced = reduce(clamp(x, accuracy, {-40, 710}, {-20, 89}));  // 2^1024 or 2^128
  const Term y = expm1_of_reduced(reduced.r, accuracy);
  const Term half_scale = power_of_two(reduced.k - 1);
  const Term value = 2.0 * fma(half_scale, y, half_scale - 0.5);
  return select(absolute(x) < tiny_for(x), x, value);
}

/// (t + t / (t + 1)) / 2 with t = e^|x| - 1; e^|x| / 2 where that is the same.
Term sinh(const Term& x, Accuracy accuracy) {
  const Term size = clamp_exp(absolute(x), accuracy);
  const Term t = expm1(minimum(size, 40.0), accuracy);
  const Term small = 0.5 * (t + t / (t + 1.0));
  const Reduced reduced = reduce(size);
  const Term large = scale(1 + expm1_of_reduced(reduced.r, accuracy), reduced.k - 1, accuracy);
  const Term value = select(size < 22.0, small, large);
  return select(absolute(x) < tiny_for(x), x, with_sign_of(x, value));
}

Term cosh(const Term& x, Accuracy accuracy) {
  const Term size = clamp_exp(absolute(x), accuracy);
  const Reduced reduced = reduce(size);
  const Term half = scale(1 + expm1_of_reduced(reduced.r, accuracy), reduced.k - 1, accuracy);
  return half + select(size < 22.0, 0.25 / half, 0.0);
}

/// t / (t + 2) with t = e^(2|x|) - 1.
Term tanh(const Term& x, Accuracy accuracy) {
  const Term t = expm1(2.0 * minimum(absolute(x), 20.0), accuracy);
  const double tiny = by_type(x, 0x1p-28, 0x1p-13);
  return select(absolute(x) < tiny, x, with_sign_of(x, t / (t + 2.0)));
}

}  // namespace tcc::ir::math

// The error function and its complement. Below 1 erf(x) is x times a polynomial in x^2; erfc(x)
// from 1/2 on is e^(-x^2) / (x + 2) times a polynomial in 1 / (x + 2), and each is 1 minus the
// other elsewhere.
#include "ir/math/functions.h"

namespace tcc::ir::math {

namespace {

Term erf_below_one(const Term& size, Accuracy accuracy) {
  return fma(size, polynomial(size * size, accuracy, erf_ratio_f64, erf_ratio_f32), size);
}

/// For 1/2 <= x; 0 in the type from there on where x is cut.
Term erfc_above_half(const Term& size, Accuracy accuracy) {
  const Term x = minimum(size, accuracy == Accuracy::f64 ? 28.0 : 14.0);
  const Term sum = x + 2.0;
  const Term t = 1.0 / sum;
  const Term factor = polynomial(t - 0.2, accuracy, scaled_erfc_f64, scaled_erfc_f32);
  Term ratio = t * factor;
  if (accuracy == Accuracy::f64) {  // with what the sum and the division lose
    const Term lost_sum = x - (sum - 2.0);
    const Term rest = t * (fma(-t, sum, t.same(1.0)) - t * lost_sum);
    ratio = fma(t, factor, rest * factor);
  }
  const Term square = x * x;
  const Term lost = fma(x, x, -square);
  return scaled_exp({-square, -lost}, ratio, accuracy);
}

}  // namespace

Term erf(const Term& x, Accuracy accuracy) {
  const Term size = absolute(x);
  const Term value =
      select(size < 1.0, erf_below_one(size, accuracy), 1.0 - erfc_above_half(size, accuracy));
  return with_sign_of(x, value);
}

Term erfc(const Term& x, Accuracy accuracy) {
  const Term size = absolute(x);
  const Term small = erf_below_one(minimum(size, 1.0), accuracy);
  const Term large = erfc_above_half(size, accuracy);
  const Term is_small = size < 0.5;
  const Term is_negative = x < 0.0;
  const Term below = select(is_small, 1.0 + small, 2.0 - large);
  return select(is_negative, below, select(is_small, 1.0 - small, large));
}

}  // namespace tcc::ir::math

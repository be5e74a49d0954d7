// Sine, cosine and tangent: x = n * pi/2 + r with |r| <= pi/4 and r in two parts, then polynomials.
//
// Up to large_angle() pi/2 is subtracted in three parts (Cody and Waite 1980, with fused
// multiply-adds). Beyond it, x times the bits of 2/pi that matter is computed in integers
// (Payne and Hanek 1983): those that make whole turns and those too low to be seen are left out.
#include <limits>

#include "ir/math/functions.h"

namespace tcc::ir::math {

namespace {

constexpr double shifter = 0x1.8p52;

/// x = quadrant * pi/2 + r.
struct Reduced {
  Pair r;
  Term quadrant;  ///< i64, of which two bits count
};

/// n * half_pi_1 is taken off exactly: what is left is a multiple of 2^-52 below 1.
Reduced reduce(const Term& x, Accuracy accuracy) {
  const Term shifted = fma(x, two_over_pi_1, x.same(shifter));
  const Term n = shifted - shifter;
  const Term first = fma(n, -half_pi_1, x);
  if (accuracy == Accuracy::f32) {
    return {{fma(n, -half_pi_2, first), x.same(0.0)}, bits(shifted)};
  }
  const Term second = n * half_pi_2;
  const Term second_low = fma(n, half_pi_2, -second);
  const Term high = first - second;
  const Term part = high - first;  // Knuth's two-sum of first and -second
  const Term lost = (first - (high - part)) - (second + part);
  const Term low = lost - fma(n, half_pi_3, second_low);
  const Term sum = high + low;
  return {{sum, low - (sum - high)}, bits(shifted)};
}

// --- 64-bit integers, as u64

Term low_half(const Term& a) { return a & std::int64_t{0xffffffff}; }

/// The upper 64 bits of a * b.
Term multiply_high(const Term& a, const Term& b) {
  const Term a0 = low_half(a), a1 = a >> 32, b0 = low_half(b), b1 = b >> 32;
  const Term middle = a1 * b0 + (a0 * b0 >> 32);
  const Term other = a0 * b1 + low_half(middle);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

/// 64 of the 128 bits of two words, from bit `shift` < 64 on.
Term funnel(const Term& first, const Term& second, const Term& shift) {
  return (first << shift) | ((second >> 1) >> (63 - shift));
}

Term to_f64(const Term& below_2_to_32) { return below_2_to_32.to(DType::i64).to(DType::f64); }

/// x = M * 2^E with a whole M < 2^53. The bits of 2/pi before the one of weight 2^(1 - E) only add
/// multiples of 4 to x * 2/pi. From there on 192 bits are taken, so that the top two bits of the
/// product, modulo 2^192, are the quadrant; of the product 128 bits are kept. The nearest an f64
/// comes to a multiple of pi/2 is about 2^-62 of it, which leaves 64 bits.
Reduced reduce_large(const Term& x) {
  const Term pattern = bits(absolute(x));
  const Term exponent = (pattern >> 52) - 1075;
  const Term whole =
      ((pattern & 0xfffffffffffff) | pattern.same(std::int64_t{1} << 52)).to(DType::u64);
  const Term position = exponent + 62;  // in the table, which begins with 64 zeros
  const Term word = position >> 6;
  const Term shift = (position & 63).to(DType::u64);
  const auto table = [&](int i) { return (word + i).unary(Op::two_over_pi_word).to(DType::u64); };
  const Term w0 = table(0), w1 = table(1), w2 = table(2), w3 = table(3);
  const Term p0 = funnel(w0, w1, shift), p1 = funnel(w1, w2, shift), p2 = funnel(w2, w3, shift);

  const Term middle = whole * p1;
  const Term low = middle + multiply_high(whole, p2);
  const Term carry = select(low < middle, low.same(1), low.same(0));
  const Term high = whole * p0 + multiply_high(whole, p1) + carry;

  // The nearest quadrant; what is left is a signed 128-bit fraction of it, in units of 2^-126.
  const Term quadrant = (high + (std::int64_t{1} << 61)) >> 62;
  const Term rest = high - (quadrant << 62);
  const Term is_negative = rest.to(DType::i64) < 0;
  const Term borrow = select(low == 0, low.same(0), low.same(1));
  const Term size_high = select(is_negative, 0 - rest - borrow, rest);
  const Term size_low = select(is_negative, 0 - low, low);
  const Term top = to_f64(size_high >> 32) * 0x1p32;
  const Term next = to_f64(low_half(size_high));
  const Term tail = fma(to_f64(size_low >> 32), 0x1p-32, to_f64(low_half(size_low)) * 0x1p-64);
  const Term sum = top + next;
  const Term sum_low = (next - (sum - top)) + tail;
  const Term fraction = sum + sum_low;
  const Term fraction_low = sum_low - (fraction - sum);

  const Term flip = select(is_negative, -1.0, x.same(1.0)) * 0x1p-62;
  const Term sign = select(x < 0.0, -flip, flip);
  const Term a = fraction * sign, b = fraction_low * sign;
  const Term r = a * half_pi_1;
  const Term r_low = fma(a, half_pi_1, -r) + fma(a, half_pi_2, b * half_pi_1);
  const Term turns = quadrant.to(DType::i64);
  return {{r, r_low}, select(x < 0.0, 0 - turns, turns)};
}

/// sin(r): r + (low * cos(r) + r^3 * ..).
Term sine_of_reduced(const Pair& r, Accuracy accuracy) {
  const Term square = r.high * r.high;
  const Term tail = polynomial(square, accuracy, sin_tail_f64, sin_tail_f32);
  const Term cubic = r.high * square * tail;
  if (accuracy == Accuracy::f32) return r.high + cubic;
  return r.high + (fma(r.low, fma(square, -0.5, square.same(1.0)), cubic));
}

/// cos(r): 1 - r^2 / 2, with what its rounding loses, and r^4 * .. - r * low.
Term cosine_of_reduced(const Pair& r, Accuracy accuracy) {
  const Term square = r.high * r.high;
  const Term half = 0.5 * square;
  const Term tail = square * square * polynomial(square, accuracy, cos_tail_f64, cos_tail_f32);
  const Term main = 1.0 - half;
  if (accuracy == Accuracy::f32) return main + tail;
  return main + (((1.0 - main) - half) + fma(r.high, -r.low, tail));
}

Term of_reduced(Trigonometric function, const Term& x, const Reduced& reduced, Accuracy accuracy) {
  const Term sine = sine_of_reduced(reduced.r, accuracy);
  const Term cosine = cosine_of_reduced(reduced.r, accuracy);
  const Term is_odd = (reduced.quadrant & 1) != 0;
  const auto negated_where = [](const Term& condition, const Term& value) {
    return select(condition, -value, value);
  };
  const Term is_tiny = absolute(x) < 0x1p-28;
  switch (function) {
    case Trigonometric::sine: {
      const Term is_below = (reduced.quadrant & 2) != 0;
      const Term value = negated_where(is_below, select(is_odd, cosine, sine));
      return select(is_tiny, x, value);
    }
    case Trigonometric::cosine: {
      const Term is_below = ((reduced.quadrant + 1) & 2) != 0;
      return negated_where(is_below, select(is_odd, sine, cosine));
    }
    case Trigonometric::tangent: break;
  }
  const Term numerator = select(is_odd, cosine, sine);
  const Term denominator = select(is_odd, -sine, cosine);
  return select(is_tiny, x, numerator / denominator);
}

}  // namespace

/// n stays below 2^20 and 2^30: it times the last part of pi/2 that is subtracted is still far
/// below r.
double large_angle(Accuracy accuracy) { return accuracy == Accuracy::f64 ? 0x1p20 : 0x1p30; }

Term trigonometric(Trigonometric function, const Term& x, Accuracy accuracy) {
  return of_reduced(function, x, reduce(x, accuracy), accuracy);
}

Term trigonometric_of_large(Trigonometric function, const Term& x, Accuracy accuracy) {
  const Term value = of_reduced(function, x, reduce_large(x), accuracy);
  const Term is_finite = absolute(x) < std::numeric_limits<double>::infinity();
  return select(is_finite, value, std::numeric_limits<double>::quiet_NaN());
}

}  // namespace tcc::ir::math

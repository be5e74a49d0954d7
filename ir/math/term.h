// Expressions written as arithmetic: how the elementary functions of ir/math are spelt.
//
//   Term r = fma(k, -ln2_1, x);            // k * -ln2_1 + x with one rounding
//   return select(r < 0.0, -r, r);
//
// A number beside a term has the term's type and lanes. Each operation makes one node of ir/expr.h
// and means what that says: nothing is contracted or reassociated, so the text is the arithmetic.
#pragma once

#include <concepts>
#include <limits>
#include <span>

#include "dsl/dtypes.h"
#include "ir/expr.h"

namespace tcc::ir::math {

class Term {
 public:
  explicit Term(Expr expr) : expr_(std::move(expr)) {}

  const Expr& expr() const { return expr_; }
  DType dtype() const { return expr_->type.dtype; }

  /// A number of this term's type, in all of its lanes.
  template <std::floating_point Number> Term same(Number number) const {
    return Term(spread(make_float(number, dtype(), expr_->origin)));
  }
  template <std::integral Number> Term same(Number number) const {
    if (is_float(dtype())) return same(static_cast<double>(number));
    return Term(spread(make_int(static_cast<std::int64_t>(number), expr_->origin, dtype())));
  }

  Term binary(Op op, const Term& other) const {
    return Term(make_binary(op, expr_, other.expr_, expr_->origin));
  }
  Term unary(Op op) const { return Term(make_unary(op, expr_, expr_->origin)); }
  Term to(DType other) const {
    return other == dtype() ? *this : Term(make_cast(other, expr_, expr_->origin));
  }

 private:
  Expr spread(Expr scalar) const {
    return make_broadcast(std::move(scalar), expr_->type.lanes, expr_->origin);
  }

  Expr expr_;
};

template <typename T>
concept Number = std::floating_point<T> || std::integral<T>;

inline Term operator+(const Term& a, const Term& b) { return a.binary(Op::add, b); }
inline Term operator-(const Term& a, const Term& b) { return a.binary(Op::subtract, b); }
inline Term operator*(const Term& a, const Term& b) { return a.binary(Op::multiply, b); }
inline Term operator/(const Term& a, const Term& b) { return a.binary(Op::divide, b); }
inline Term operator-(const Term& a) { return a.unary(Op::negate); }
inline Term operator<<(const Term& a, const Term& b) { return a.binary(Op::shift_left, b); }
inline Term operator>>(const Term& a, const Term& b) { return a.binary(Op::shift_right, b); }
inline Term operator<(const Term& a, const Term& b) { return a.binary(Op::less, b); }
inline Term operator<=(const Term& a, const Term& b) { return a.binary(Op::less_equal, b); }
inline Term operator>(const Term& a, const Term& b) { return a.binary(Op::greater, b); }
inline Term operator>=(const Term& a, const Term& b) { return a.binary(Op::greater_equal, b); }
inline Term operator==(const Term& a, const Term& b) { return a.binary(Op::equal, b); }
inline Term operator!=(const Term& a, const Term& b) { return a.binary(Op::not_equal, b); }
inline Term operator&(const Term& a, const Term& b) { return a.binary(Op::bit_and, b); }
inline Term operator|(const Term& a, const Term& b) { return a.binary(Op::bit_or, b); }

template <Number N> Term operator+(const Term& a, N n) { return a + a.same(n); }
template <Number N> Term operator+(N n, const Term& a) { return a.same(n) + a; }
template <Number N> Term operator-(const Term& a, N n) { return a - a.same(n); }
template <Number N> Term operator-(N n, const Term& a) { return a.same(n) - a; }
template <Number N> Term operator*(const Term& a, N n) { return a * a.same(n); }
template <Number N> Term operator*(N n, const Term& a) { return a.same(n) * a; }
template <Number N> Term operator/(N n, const Term& a) { return a.same(n) / a; }
template <Number N> Term operator<<(const Term& a, N n) { return a << a.same(n); }
template <Number N> Term operator>>(const Term& a, N n) { return a >> a.same(n); }
template <Number N> Term operator<(const Term& a, N n) { return a < a.same(n); }
template <Number N> Term operator<=(const Term& a, N n) { return a <= a.same(n); }
template <Number N> Term operator>(const Term& a, N n) { return a > a.same(n); }
template <Number N> Term operator>=(const Term& a, N n) { return a >= a.same(n); }
template <Number N> Term operator==(const Term& a, N n) { return a == a.same(n); }
template <Number N> Term operator!=(const Term& a, N n) { return a != a.same(n); }
template <Number N> Term operator&(const Term& a, N n) { return a & a.same(n); }

inline Term fma(const Term& a, const Term& b, const Term& c) {
  return Term(make_call(Op::fma, {a.expr(), b.expr(), c.expr()}, a.expr()->origin));
}
template <Number N> Term fma(const Term& a, N b, const Term& c) { return fma(a, a.same(b), c); }

inline Term select(const Term& condition, const Term& a, const Term& b) {
  return Term(make_select(condition.expr(), a.expr(), b.expr(), a.expr()->origin));
}
template <Number N> Term select(const Term& condition, N a, const Term& b) {
  return select(condition, b.same(a), b);
}
template <Number N> Term select(const Term& condition, const Term& a, N b) {
  return select(condition, a, a.same(b));
}

inline Term absolute(const Term& a) { return a.unary(Op::absolute); }
inline Term root(const Term& a) { return a.unary(Op::square_root); }
inline Term trunc(const Term& a) { return a.unary(Op::trunc); }
inline Term minimum(const Term& a, const Term& b) { return a.binary(Op::minimum, b); }
inline Term maximum(const Term& a, const Term& b) { return a.binary(Op::maximum, b); }
template <Number N> Term minimum(const Term& a, N b) { return minimum(a, a.same(b)); }
template <Number N> Term maximum(const Term& a, N b) { return maximum(a, a.same(b)); }
inline Term is_nan(const Term& a) { return a != a; }

inline Term bits(const Term& a) { return a.unary(Op::float_bits); }
inline Term from_bits(const Term& a) { return a.unary(Op::float_from_bits); }
/// Whether the sign is set, of zeros and NaNs too.
inline Term is_signed(const Term& a) { return bits(a) < 0; }
/// `size`, which is not negative, with the sign of `sign`.
inline Term with_sign_of(const Term& sign, const Term& size) {
  const bool is_wide = sign.dtype() == DType::f64;
  const Term lowest = bits(sign).same(is_wide ? std::numeric_limits<std::int64_t>::min()
                                              : std::numeric_limits<std::int32_t>::min());
  return from_bits(bits(size) | (bits(sign) & lowest));
}

/// The polynomial with these coefficients, that of the lowest power first, by Horner's rule.
inline Term polynomial(const Term& x, std::span<const double> coefficients) {
  Term sum = x.same(coefficients.back());
  for (std::size_t i = coefficients.size() - 1; i-- > 0;)
    sum = fma(sum, x, x.same(coefficients[i]));
  return sum;
}

/// 2^k as f64 for an i64 in [-1022, 1023], as f32 for an i32 in [-126, 127].
inline Term power_of_two(const Term& k) {
  return from_bits(k.dtype() == DType::i64 ? (k + 1023) << 52 : (k + 127) << 23);
}

}  // namespace tcc::ir::math

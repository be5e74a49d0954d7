// The elementwise operators and the conversions on approximate values.
#include "frontend/reference_elementwise.h"

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "frontend/reference_arithmetic.h"
#include "frontend/reference_elementary.h"
#include "frontend/reference_integers.h"

namespace tcc::reference {

namespace {

bool is_comparison(Op op) { return info_of(op).typing == OpTyping::comparison; }

template <typename Real> Approximate<Real> truth(bool value, std::uint8_t marks) {
  return whole<Real>(value ? 1 : 0, 0, marks);
}
template <typename Real> Approximate<Real> unknown_truth(bool likely, std::uint8_t marks) {
  return whole<Real>(likely ? 1 : 0, 1, marks | discontinuous);
}

bool holds(Op op, double difference) {
  switch (op) {
    case Op::equal: return difference == 0;
    case Op::not_equal: return difference != 0;
    case Op::less: return difference < 0;
    case Op::less_equal: return difference <= 0;
    case Op::greater: return difference > 0;
    case Op::greater_equal: return difference >= 0;
    default: break;
  }
  bug(fmt::format("'{}' is no comparison", info_of(op).name));
}

template <typename Real>
Approximate<Real> compare_floats(Op op, const Approximate<Real>& a, const Approximate<Real>& b) {
  const std::uint8_t marks = a.marks | b.marks;
  if (is_certainly_nan(a) || is_certainly_nan(b)) return truth<Real>(op == Op::not_equal, marks);
  if (is_anything(a) || is_anything(b)) return unknown_truth<Real>(false, marks);
  const double a_minus_b = difference(a, b);
  const bool known =
      (is_exact(a) && is_exact(b)) || std::fabs(a_minus_b) > (a.bound + b.bound) * slack;
  return known ? truth<Real>(holds(op, a_minus_b), marks)
               : unknown_truth<Real>(holds(op, a_minus_b), marks);
}

/// Logic of three values: what is unknown leaves the result open only if it matters.
template <typename Real>
Approximate<Real> combine_truths(Op op, const Approximate<Real>& a, const Approximate<Real>& b) {
  const std::int64_t decisive = op == Op::logical_or ? 1 : 0;
  const std::uint8_t marks = a.marks | b.marks;
  for (const auto* operand : {&a, &b}) {
    if (is_exact(*operand) && operand->integer == decisive)
      return truth<Real>(decisive != 0, marks);
  }
  if (is_exact(a) && is_exact(b)) return truth<Real>(decisive == 0, marks);
  const bool likely = op == Op::logical_or ? a.integer || b.integer : a.integer && b.integer;
  return unknown_truth<Real>(likely, marks);
}

template <typename Real>
double distance(const Approximate<Real>& a, const Approximate<Real>& b, DType dtype) {
  if (!is_float(dtype)) {
    const TwoDoubles left = as_doubles(a.integer, dtype);
    const TwoDoubles right = as_doubles(b.integer, dtype);
    return std::fabs((left.high - right.high) + (left.low - right.low));
  }
  if (is_certainly_nan(a) || is_certainly_nan(b)) {
    return is_certainly_nan(a) && is_certainly_nan(b) ? 0 : infinity;
  }
  return std::fabs(difference(a, b));
}

/// The chosen operand; where the condition is unknown, one whose bound covers both.
template <typename Real>
Approximate<Real> select(const Approximate<Real>& condition, const Approximate<Real>& if_true,
                         const Approximate<Real>& if_false, DType dtype) {
  const auto& chosen = condition.integer != 0 ? if_true : if_false;
  const auto& other = condition.integer != 0 ? if_false : if_true;
  Approximate<Real> result = chosen;
  result.marks |= condition.marks;
  if (is_exact(condition)) return result;
  const double reach = (distance(chosen, other, dtype) + other.bound) * slack;
  if (is_float(dtype) && reach == infinity) return anything<Real>(result.marks | other.marks);
  result.bound = std::fmax(chosen.bound, reach);
  result.marks |= other.marks | any_zero_sign;
  return result;
}

}  // namespace

template <typename Real>
Operation<Real>::Operation(Op op, DType operands)
    : op_(op), operands_(operands), precision_(precision_of(operands)) {}

template <typename Real>
auto Operation<Real>::operator()(const Value& a, const Value& b, const Value& c) const -> Value {
  switch (op_) {
    case Op::logical_not: return whole<Real>(1 - a.integer, a.bound, a.marks);
    case Op::logical_and:
    case Op::logical_or: return combine_truths(op_, a, b);
    case Op::select: return select(a, b, c, operands_);
    default: return is_float(operands_) ? on_floats(a, b, c) : on_integers(a, b, c);
  }
}

template <typename Real>
auto Operation<Real>::on_floats(const Value& a, const Value& b, const Value& c) const -> Value {
  using On = Arithmetic<Real>;
  switch (op_) {
    case Op::add: return On::add(a, b, precision_);
    case Op::subtract: return On::add(a, On::negate(b), precision_);
    case Op::multiply: return On::multiply(a, b, precision_);
    case Op::divide: return On::divide(a, b, precision_);
    case Op::negate: return On::negate(a);
    case Op::absolute: return On::absolute(a);
    case Op::square_root: return On::square_root(a, precision_);
    case Op::relu: return On::maximum(a, exactly<Real>(0));
    case Op::minimum: return On::minimum(a, b);
    case Op::maximum: return On::maximum(a, b);
    case Op::fma: return On::add(On::multiply(a, b, precision_), c, precision_);
    case Op::clamp: return On::minimum(On::maximum(a, b), c);
    case Op::floor_divide:
    case Op::modulo: return floor_division(op_, a, b, precision_);
    case Op::floor:
    case Op::ceil:
    case Op::round:
    case Op::trunc:
    case Op::sign: return step_function(op_, a);
    case Op::isnan:
    case Op::isinf:
    case Op::isfinite: return classify(op_, a);
    default: break;
  }
  if (is_elementary(op_)) return elementary(op_, a, b, precision_);
  if (is_comparison(op_)) return compare_floats(op_, a, b);
  bug(fmt::format("the reference has no '{}' of {}", info_of(op_).name, name_of(operands_)));
}

template <typename Real>
auto Operation<Real>::on_integers(const Value& a, const Value& b, const Value& c) const -> Value {
  const std::uint8_t marks = a.marks | b.marks | c.marks;
  const bool known = is_exact(a) && is_exact(b) && is_exact(c);
  if (info_of(op_).typing == OpTyping::classification) {
    return truth<Real>(op_ == Op::isfinite, marks);
  }
  if (op_ == Op::clamp) {
    const std::int64_t raised = integer_arithmetic(Op::maximum, operands_, a.integer, b.integer);
    const std::int64_t result = integer_arithmetic(Op::minimum, operands_, raised, c.integer);
    return whole<Real>(result, known ? 0 : infinity, marks);
  }
  if (is_comparison(op_)) {
    const bool holds_here = integer_comparison(op_, operands_, a.integer, b.integer);
    return known ? truth<Real>(holds_here, marks) : unknown_truth<Real>(holds_here, marks);
  }
  const std::int64_t result = integer_arithmetic(op_, operands_, a.integer, b.integer);
  if (operands_ == DType::boolean) return whole<Real>(result, known ? 0 : 1, marks);
  return whole<Real>(result, known ? 0 : infinity, marks);
}

template <typename Real>
Conversion<Real>::Conversion(DType from, DType to)
    : from_(from), to_(to), precision_(precision_of(to)) {}

template <typename Real> auto Conversion<Real>::operator()(const Value& value) const -> Value {
  if (!is_float(from_)) return from_integer(value);
  if (is_float(to_)) return to_float(value);
  return to_ == DType::boolean ? to_bool(value) : to_integer(value);
}

template <typename Real> auto Conversion<Real>::from_integer(const Value& value) const -> Value {
  if (!is_float(to_)) {
    const bool keeps_every_value =
        from_ == DType::boolean || (to_ == DType::i64 && from_ != DType::u64);
    const double bound = is_exact(value) || keeps_every_value ? value.bound : infinity;
    return whole<Real>(wrap(value.integer, to_), bound, value.marks);
  }
  const TwoDoubles number = as_doubles(value.integer, from_);
  const Real real = Real(number.high) + Real(number.low);
  const bool fits = is_exact(value) && number.low == 0 && is_representable(number.high, to_);
  if (fits) return exactly<Real>(number.high, value.marks);
  return rounded<Real>(real, value.bound, value.marks, precision_);
}

template <typename Real> auto Conversion<Real>::to_float(const Value& value) const -> Value {
  const bool widens = to_ == from_ || size_in_bytes(to_) > size_in_bytes(from_);
  if (widens || !is_finite(value) || is_anything(value)) return value;
  if (is_exact(value) && is_representable(high_part(value.value), to_)) return value;
  return rounded<Real>(value.value, value.bound, value.marks, precision_);
}

template <typename Real> auto Conversion<Real>::to_integer(const Value& value) const -> Value {
  const auto truncated = [this](const Real& number) {
    return truncate_to_integer(high_part(number), low_part(number), to_);
  };
  const std::int64_t likely = truncated(value.value);
  if (is_exact(value)) return whole<Real>(likely, 0, value.marks);
  if (is_anything(value)) return whole<Real>(likely, infinity, value.marks | discontinuous);
  const Real reach(value.bound * slack);
  const Value lowest = whole<Real>(truncated(value.value - reach));
  const Value highest = whole<Real>(truncated(value.value + reach));
  const Value middle = whole<Real>(likely);
  const double bound = std::fmax(distance(middle, lowest, to_), distance(highest, middle, to_));
  const std::uint8_t marks = bound > 0 ? value.marks | discontinuous : value.marks;
  return whole<Real>(likely, bound, marks);
}

template <typename Real> auto Conversion<Real>::to_bool(const Value& value) const -> Value {
  const Value zero = exactly<Real>(0);
  return compare_floats(Op::not_equal, value, zero);
}

template class Operation<double>;
template class Operation<DoubleDouble>;
template class Conversion<double>;
template class Conversion<DoubleDouble>;

}  // namespace tcc::reference

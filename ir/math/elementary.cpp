// Which operators are made of others, and of which.
#include "ir/math/elementary.h"

#include <limits>
#include <optional>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "ir/math/functions.h"

namespace tcc::ir {

namespace {

using math::Accuracy;
using math::Term;
using math::Trigonometric;

/// The operands of a node, and the operator.
struct Application {
  Op op;
  std::vector<Term> operands;
};

Application application_of(const Expr& node) {
  if (const auto* unary = as<Unary>(node)) return {unary->op, {Term(unary->operand)}};
  if (const auto* binary = as<Binary>(node)) {
    return {binary->op, {Term(binary->lhs), Term(binary->rhs)}};
  }
  if (const auto* call = as<Call>(node)) {
    Application application{call->op, {}};
    for (const Expr& argument : call->arguments)
      application.operands.emplace_back(argument);
    return application;
  }
  bug("an expression that is no operation was to be expanded");
}

/// Those of which most use is made have f32 arithmetic of their own: half the registers of f64, and
/// on many GPUs far more than twice the speed.
bool is_native_in_f32(Op op) {
  switch (op) {
    case Op::exp:
    case Op::exp2:
    case Op::expm1:
    case Op::log:
    case Op::log2:
    case Op::log10:
    case Op::tanh: return true;
    default: return false;
  }
}

/// A function on f64, or on f32 where it is native there.
Term apply(Op op, const Term& x, const Term& y, Accuracy accuracy) {
  switch (op) {
    case Op::cbrt: return math::cbrt(x, accuracy);
    case Op::exp: return math::exp(x, accuracy);
    case Op::exp2: return math::exp2(x, accuracy);
    case Op::expm1: return math::expm1(x, accuracy);
    case Op::log: return math::log(x, accuracy);
    case Op::log2: return math::log2(x, accuracy);
    case Op::log10: return math::log10(x, accuracy);
    case Op::log1p: return math::log1p(x, accuracy);
    case Op::asin: return math::asin(x, accuracy);
    case Op::acos: return math::acos(x, accuracy);
    case Op::atan: return math::atan(x, accuracy);
    case Op::atan2: return math::atan2(x, y, accuracy);
    case Op::sinh: return math::sinh(x, accuracy);
    case Op::cosh: return math::cosh(x, accuracy);
    case Op::tanh: return math::tanh(x, accuracy);
    case Op::erf: return math::erf(x, accuracy);
    case Op::erfc: return math::erfc(x, accuracy);
    case Op::pow: return math::pow(x, y, accuracy);
    case Op::hypot: return math::hypot(x, y, accuracy);
    default: break;
  }
  bug(fmt::format("'{}' is not made of other operations", info_of(op).name));
}

std::optional<Trigonometric> trigonometric_of(Op op) {
  switch (op) {
    case Op::sin: return Trigonometric::sine;
    case Op::cos: return Trigonometric::cosine;
    case Op::tan: return Trigonometric::tangent;
    default: return {};
  }
}

/// What takes no polynomial, on any type that the operator takes.
std::optional<Term> simple(Op op, const Term& x) {
  switch (op) {
    case Op::sign: {
      const Term negative =
          is_unsigned_integer(x.dtype()) ? x.same(0) : select(x < 0, x.same(-1), x.same(0));
      const Term value = select(x > 0, x.same(1), negative);
      return is_float(x.dtype()) ? select(is_nan(x), x, value) : value;
    }
    case Op::isnan: return is_nan(x);
    case Op::isinf: return absolute(x) == std::numeric_limits<double>::infinity();
    case Op::isfinite: return absolute(x) < std::numeric_limits<double>::infinity();
    default: return {};
  }
}

/// The number that all lanes are, where it is known.
std::optional<std::int64_t> constant_lanes(const Expr& expr) {
  const auto* broadcast = as<Broadcast>(expr);
  return constant_of(broadcast ? broadcast->value : expr);
}

/// By squaring, from the exponent's lowest bit on; 0 for a negative exponent.
Term integer_power(const Term& base, const Term& exponent) {
  const DType dtype = base.dtype();
  const bool is_signed = is_signed_integer(dtype);
  const auto known = constant_lanes(exponent.expr());
  const int width = static_cast<int>(8 * size_in_bytes(dtype)) - (is_signed ? 1 : 0);
  const std::uint64_t bits = known ? static_cast<std::uint64_t>(*known) : ~std::uint64_t{0};
  if (known && is_signed && *known < 0) return base.same(0);
  Term result = base.same(1);
  Term square = base;
  for (int bit = 0; bit < width && bits >> bit != 0; ++bit) {
    if (bit > 0) square = square * square;
    if (known) {
      if ((bits >> bit & 1) != 0) result = result * square;
    } else {
      const Term is_set = (exponent & (std::int64_t{1} << bit)) != 0;
      result = select(is_set, result * square, result);
    }
  }
  return is_signed && !known ? select(exponent < 0, 0, result) : result;
}

}  // namespace

bool is_expanded(Op op, DType operand) {
  switch (op) {
    case Op::power:
    case Op::sign: return true;
    case Op::floor_divide:
    case Op::modulo: return is_float(operand);
    case Op::fma:
    case Op::divide:
    case Op::square_root: return false;
    default: break;
  }
  const OpTyping typing = info_of(op).typing;
  return typing == OpTyping::real_function || typing == OpTyping::classification;
}

bool is_expanded(const Expr& node) {
  if (const auto* unary = as<Unary>(node))
    return is_expanded(unary->op, unary->operand->type.dtype);
  if (const auto* binary = as<Binary>(node))
    return is_expanded(binary->op, binary->lhs->type.dtype);
  const auto* call = as<Call>(node);
  return call && is_expanded(call->op, node->type.dtype);
}

Expansion expand(const Expr& node) {
  Application application = application_of(node);
  const Op op = application.op;
  std::vector<Term>& operands = application.operands;
  if (op == Op::power) return {integer_power(operands[0], operands[1]).expr(), {}, {}};
  const DType dtype = operands[0].dtype();
  const bool is_narrow = dtype == DType::f16 || dtype == DType::bf16;
  if (is_narrow) {
    for (Term& operand : operands)
      operand = operand.to(DType::f32);
  }
  const auto finish = [&](const Term& value) {
    return (is_float(value.dtype()) ? value.to(dtype) : value).expr();
  };
  if (const auto value = simple(op, operands[0])) return {finish(*value), {}, {}};
  if (op == Op::rsqrt) return {finish(1.0 / root(operands[0])), {}, {}};

  const Accuracy accuracy = dtype == DType::f64 ? Accuracy::f64 : Accuracy::f32;
  const auto through_f32 = [&](const Term& value) {
    return finish(accuracy == Accuracy::f32 ? value.to(DType::f32) : value);
  };
  if (accuracy == Accuracy::f32 && is_native_in_f32(op)) {
    return {finish(apply(op, operands[0], operands[0], accuracy)), {}, {}};
  }
  for (Term& operand : operands)
    operand = operand.to(DType::f64);
  const Term& x = operands.front();
  if (const auto function = trigonometric_of(op)) {
    return {through_f32(trigonometric(*function, x, accuracy)),
            (absolute(x) > math::large_angle(accuracy)).expr(),
            through_f32(trigonometric_of_large(*function, x, accuracy))};
  }
  if (op == Op::modulo || op == Op::floor_divide) {
    const auto divide = op == Op::modulo ? math::floor_modulo : math::floor_quotient;
    const Term& y = operands.back();
    return {through_f32(divide(x, y, 1)), math::has_long_quotient(x, y).expr(),
            through_f32(divide(x, y, math::steps_of_remainder(accuracy)))};
  }
  return {through_f32(apply(op, x, operands.back(), accuracy)), {}, {}};
}

}  // namespace tcc::ir

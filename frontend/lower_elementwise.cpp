// Elementwise operators of the language as operations of the IR.
#include "frontend/lower_elementwise.h"

#include <optional>

#include "dsl/dtypes.h"

namespace tcc {

namespace {

using ir::Expr;

constexpr double most_products = 4;

/// A constant exponent from 0 to 4, whole.
std::optional<int> small_exponent(const Expr& exponent) {
  const auto* real = ir::as<ir::FloatImm>(exponent);
  const auto whole = ir::constant_of(exponent);
  const double value = real ? real->value : whole ? static_cast<double>(*whole) : -1.0;
  if (!(value >= 0 && value <= most_products) || value != static_cast<int>(value)) return {};
  return static_cast<int>(value);
}

/// x^3 = x * x * x, x^4 = (x * x) * (x * x).
Expr repeated_product(const Expr& base, int exponent, ir::OriginId origin) {
  const auto times = [origin](const Expr& a, const Expr& b) {
    return ir::make_binary(Op::multiply, a, b, origin);
  };
  switch (exponent) {
    case 0: return ir::make_number(1, base->type.dtype, origin);
    case 1: return base;
    case 2: return times(base, base);
    case 3: return times(times(base, base), base);
    default: break;
  }
  const Expr square = times(base, base);
  return times(square, square);
}

Expr lower_power(std::vector<Expr> operands, ir::OriginId origin) {
  if (const auto exponent = small_exponent(operands[1])) {
    return repeated_product(operands[0], *exponent, origin);
  }
  const Op op = is_float(operands[0]->type.dtype) ? Op::pow : Op::power;
  return ir::make_operation(op, std::move(operands), origin);
}

}  // namespace

ir::Expr lower_elementwise(Op op, std::vector<ir::Expr> operands, ir::OriginId origin) {
  const bool is_whole = !is_float(operands[0]->type.dtype);
  switch (op) {
    case Op::power: return lower_power(std::move(operands), origin);
    case Op::clamp: {
      const Expr raised = ir::make_binary(Op::maximum, operands[0], operands[1], origin);
      return ir::make_binary(Op::minimum, raised, operands[2], origin);
    }
    case Op::floor:
    case Op::ceil:
    case Op::round:
    case Op::trunc:
      if (is_whole) return operands[0];
      break;
    case Op::isnan:
    case Op::isinf:
      if (is_whole) return ir::make_bool(false, origin);
      break;
    case Op::isfinite:
      if (is_whole) return ir::make_bool(true, origin);
      break;
    default: break;
  }
  return ir::make_operation(op, std::move(operands), origin);
}

}  // namespace tcc

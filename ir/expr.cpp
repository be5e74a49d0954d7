// Expression nodes: construction, which checks types, and destruction, which does not recurse.
#include "ir/expr.h"

#include <cmath>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "dsl/narrow_float.h"
#include "ir/operands.h"
#include "ir/typing.h"

namespace tcc::ir {
namespace {

Expr checked(ValueType stated, OriginId origin, ExprNode::Value value) {
  const ValueType type = result_type(value, stated);
  Expr expr(new ExprNode(type, origin, std::move(value)));
  if (const std::string error = type_error(*expr); !error.empty()) bug(error);
  return expr;
}

/// Integers wrap to their width, so that equal numbers have equal nodes; u64 keeps its bits.
std::int64_t wrap(std::int64_t value, DType dtype) {
  switch (dtype) {
    case DType::boolean: return value != 0;
    case DType::i8: return static_cast<std::int8_t>(value);
    case DType::i16: return static_cast<std::int16_t>(value);
    case DType::i32: return static_cast<std::int32_t>(value);
    case DType::u8: return static_cast<std::uint8_t>(value);
    case DType::u16: return static_cast<std::uint16_t>(value);
    case DType::u32: return static_cast<std::uint32_t>(value);
    default: return value;
  }
}

}  // namespace

void drop(const ExprNode* root) noexcept {
  // A node that dies hands its operands over to the list instead of dropping them itself.
  std::vector<ExprNode*> dead;
  const auto let_go = [&dead](Expr& operand) {
    const ExprNode* node = std::exchange(operand.node_, nullptr);
    if (node && node->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      dead.push_back(const_cast<ExprNode*>(node));  // every node is made by a plain new
    }
  };
  ExprNode* node = const_cast<ExprNode*>(root);
  for (;;) {
    visit_operands(*node, let_go);
    delete node;
    if (dead.empty()) return;
    node = dead.back();
    dead.pop_back();
  }
}

Expr make_int(std::int64_t value, OriginId origin, DType dtype) {
  return checked({dtype, 1}, origin, IntImm{wrap(value, dtype)});
}

Expr make_bool(bool value, OriginId origin) { return make_int(value, origin, DType::boolean); }

Expr make_float(double value, DType dtype, OriginId origin) {
  return checked({dtype, 1}, origin, FloatImm{nearest_in(value, dtype)});
}

Expr make_number(double value, DType dtype, OriginId origin) {
  if (is_float(dtype)) return make_float(value, dtype, origin);
  if (!(std::abs(value) < 9223372036854775808.0)) bug("a number does not fit its integer type");
  return make_int(static_cast<std::int64_t>(value), origin, dtype);
}

Expr make_var(VarId id, std::string name, OriginId origin, ValueType type) {
  return checked(type, origin, Var{id, std::move(name)});
}

Expr make_cast(DType dtype, Expr value, OriginId origin) {
  return checked({dtype, 1}, origin, Cast{std::move(value)});
}

Expr make_unary(Op op, Expr operand, OriginId origin) {
  return checked({}, origin, Unary{op, std::move(operand)});
}

Expr make_binary(Op op, Expr lhs, Expr rhs, OriginId origin) {
  return checked({}, origin, Binary{op, std::move(lhs), std::move(rhs)});
}

Expr make_select(Expr condition, Expr if_true, Expr if_false, OriginId origin) {
  return checked({}, origin, Select{std::move(condition), std::move(if_true), std::move(if_false)});
}

Expr make_call(Op op, std::vector<Expr> arguments, OriginId origin) {
  return checked({}, origin, Call{op, std::move(arguments)});
}

Expr make_load(DType dtype, BufferId buffer, std::vector<Expr> indices, OriginId origin,
               Expr predicate) {
  return checked({dtype, 1}, origin, Load{buffer, std::move(indices), std::move(predicate)});
}

Expr make_ramp(Expr base, Expr stride, std::uint16_t lanes, OriginId origin) {
  if (lanes == 1) return base;
  return checked({DType::i64, lanes}, origin, Ramp{std::move(base), std::move(stride)});
}

Expr make_broadcast(Expr value, std::uint16_t lanes, OriginId origin) {
  if (lanes == 1) return value;
  return checked({DType::i64, lanes}, origin, Broadcast{std::move(value)});
}

Expr make_shuffle(Expr vector, std::vector<std::uint16_t> lanes, OriginId origin) {
  return checked({}, origin, Shuffle{std::move(vector), std::move(lanes)});
}

Expr make_operation(Op op, std::vector<Expr> operands, OriginId origin) {
  if (static_cast<int>(operands.size()) != info_of(op).arity) {
    bug(fmt::format("'{}' with {} operands", info_of(op).name, operands.size()));
  }
  if (op == Op::select) {
    return make_select(std::move(operands[0]), std::move(operands[1]), std::move(operands[2]),
                       origin);
  }
  if (operands.size() == 1) return make_unary(op, std::move(operands[0]), origin);
  if (operands.size() == 2) {
    return make_binary(op, std::move(operands[0]), std::move(operands[1]), origin);
  }
  return make_call(op, std::move(operands), origin);
}

std::optional<std::int64_t> constant_of(const Expr& expr) {
  const auto* literal = as<IntImm>(expr);
  if (!literal) return {};
  return literal->value;
}

}  // namespace tcc::ir

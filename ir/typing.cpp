// Typing rules of expressions and statements.
#include "ir/typing.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "ir/operands.h"

namespace tcc::ir {
namespace {

constexpr ValueType index_type{DType::i64, 1};

std::string expected(std::string_view what, std::string_view wanted, ValueType got) {
  return fmt::format("{} is {}, not {}", what, to_string(got), wanted);
}

std::string expect_equal(std::string_view what, ValueType wanted, ValueType got) {
  return got == wanted ? "" : expected(what, to_string(wanted), got);
}

bool fits_class(OpTyping typing, DType dtype) {
  switch (typing) {
    case OpTyping::real_function:
    case OpTyping::classification: return is_float(dtype);
    case OpTyping::bitwise: return !is_float(dtype);
    case OpTyping::shift: return is_integer(dtype);
    default: return dtype != DType::boolean;
  }
}

/// What an elementwise operator takes, beyond that its operands agree.
std::string operand_class_error(Op op, DType dtype) {
  const bool number = dtype != DType::boolean;
  bool fits = true;
  switch (op) {
    case Op::logical_or:
    case Op::logical_and:
    case Op::logical_not: fits = !number; break;
    case Op::equal:
    case Op::not_equal:
    case Op::select: fits = true; break;
    case Op::float_bits: fits = dtype == DType::f32 || dtype == DType::f64; break;
    case Op::float_from_bits: fits = dtype == DType::i32 || dtype == DType::i64; break;
    case Op::two_over_pi_word: fits = dtype == DType::i64; break;
    case Op::divide:
    case Op::floor:
    case Op::ceil:
    case Op::round:
    case Op::trunc: fits = is_float(dtype); break;
    case Op::power: fits = is_integer(dtype); break;
    case Op::clamp: fits = false; break;  // written as minimum and maximum
    default: fits = fits_class(info_of(op).typing, dtype);
  }
  return fits ? "" : fmt::format("'{}' does not take {}", info_of(op).name, name_of(dtype));
}

DType result_dtype(Op op, DType operand) {
  switch (info_of(op).typing) {
    case OpTyping::comparison:
    case OpTyping::logical:
    case OpTyping::classification: return DType::boolean;
    default: break;
  }
  if (op == Op::float_bits) return operand == DType::f64 ? DType::i64 : DType::i32;
  if (op == Op::float_from_bits) return operand == DType::i64 ? DType::f64 : DType::f32;
  return operand;
}

std::string elementwise_error(Op op, std::span<const Expr> operands, ValueType result) {
  const OpInfo& info = info_of(op);
  if (op == Op::select || operands.empty() || info.arity != static_cast<int>(operands.size())) {
    return fmt::format("'{}' with {} operands", info.name, operands.size());
  }
  const ValueType type = operands.front()->type;
  for (const Expr& operand : operands) {
    if (operand->type != type) {
      return fmt::format("'{}' of {} and {}", info.name, to_string(type), to_string(operand->type));
    }
  }
  if (std::string error = operand_class_error(op, type.dtype); !error.empty()) return error;
  return expect_equal("the result of an operator", {result_dtype(op, type.dtype), type.lanes},
                      result);
}

/// Indices are i64, and scalar or of `lanes` lanes.
std::string indices_error(std::span<const Expr> indices, std::uint16_t lanes) {
  for (const Expr& index : indices) {
    const ValueType type = index->type;
    if (type.dtype != DType::i64 || (type.lanes != 1 && type.lanes != lanes)) {
      return expected("an index", to_string({DType::i64, lanes}), type);
    }
  }
  return "";
}

std::string predicate_error(const Expr& predicate, std::uint16_t lanes) {
  return predicate ? expect_equal("a predicate", {DType::boolean, lanes}, predicate->type) : "";
}

std::uint16_t widest(std::span<const Expr> exprs) {
  std::uint16_t lanes = 1;
  for (const Expr& expr : exprs)
    lanes = std::max(lanes, expr ? expr->type.lanes : lanes);
  return lanes;
}

/// The type of an operand; anything for a missing one, which is found later.
ValueType type_of(const Expr& expr) { return expr ? expr->type : ValueType{}; }

ValueType elementwise_type(Op op, const Expr& operand) {
  const ValueType type = type_of(operand);
  return {result_dtype(op, type.dtype), type.lanes};
}

struct NodeTyping {
  ValueType type;

  std::string operator()(const IntImm&) const {
    if (type.lanes == 1 && !is_float(type.dtype)) return "";
    return expected("an integer literal", "an integer", type);
  }
  std::string operator()(const FloatImm&) const {
    if (type.lanes == 1 && is_float(type.dtype)) return "";
    return expected("a float literal", "a float", type);
  }
  std::string operator()(const Var&) const { return ""; }
  std::string operator()(const Cast& node) const {
    return expect_equal("a cast", {type.dtype, node.value->type.lanes}, type);
  }
  std::string operator()(const Unary& node) const {
    return elementwise_error(node.op, {&node.operand, 1}, type);
  }
  std::string operator()(const Binary& node) const {
    const Expr operands[] = {node.lhs, node.rhs};
    return elementwise_error(node.op, operands, type);
  }
  std::string operator()(const Call& node) const {
    return elementwise_error(node.op, node.arguments, type);
  }
  std::string operator()(const Select& node) const {
    const ValueType condition{DType::boolean, type.lanes};
    std::string error = expect_equal("a select's condition", condition, node.condition->type);
    if (error.empty()) error = expect_equal("a select's first value", type, node.if_true->type);
    if (error.empty()) error = expect_equal("a select's second value", type, node.if_false->type);
    return error;
  }
  std::string operator()(const Load& node) const {
    const std::uint16_t lanes = widest(node.indices);
    std::string error = indices_error(node.indices, lanes);
    if (error.empty()) error = expect_equal("a load", {type.dtype, lanes}, type);
    return error.empty() ? predicate_error(node.predicate, lanes) : error;
  }
  std::string operator()(const Ramp& node) const {
    const ValueType base = node.base->type;
    if (base.is_vector() || !is_integer(base.dtype)) {
      return expected("a ramp's base", "a scalar integer", base);
    }
    if (type.lanes < 2) return "a ramp of less than two lanes";
    std::string error = expect_equal("a ramp's stride", base, node.stride->type);
    return error.empty() ? expect_equal("a ramp", {base.dtype, type.lanes}, type) : error;
  }
  std::string operator()(const Broadcast& node) const {
    const ValueType value = node.value->type;
    if (value.is_vector()) return expected("a broadcast's value", "a scalar", value);
    if (type.lanes < 2) return "a broadcast of less than two lanes";
    return expect_equal("a broadcast", {value.dtype, type.lanes}, type);
  }
  std::string operator()(const Shuffle& node) const {
    const ValueType vector = node.vector->type;
    for (const std::uint16_t lane : node.lanes) {
      if (lane >= vector.lanes) return fmt::format("lane {} of {}", lane, to_string(vector));
    }
    if (node.lanes.empty()) return "a shuffle of no lanes";
    const auto lanes = static_cast<std::uint16_t>(node.lanes.size());
    return expect_equal("a shuffle", {vector.dtype, lanes}, type);
  }
};

struct StatementTyping {
  std::string operator()(const For& loop) const {
    if (!loop.var || !loop.begin || !loop.extent || !loop.body) return "a loop lacks a part";
    if (!as<Var>(loop.var)) return "a loop variable is no variable";
    std::string error = expect_equal("a loop variable", index_type, loop.var->type);
    if (error.empty()) error = expect_equal("a loop's begin", index_type, loop.begin->type);
    return error.empty() ? expect_equal("a loop's extent", index_type, loop.extent->type) : error;
  }
  std::string operator()(const If& branch) const {
    if (!branch.condition || !branch.body) return "an if lacks a part";
    return expect_equal("a condition", {DType::boolean, 1}, branch.condition->type);
  }
  std::string operator()(const Let& let) const {
    if (!let.var || !let.value || !as<Var>(let.var)) return "a let lacks a part";
    return expect_equal("a let's value", let.var->type, let.value->type);
  }
  std::string operator()(const Allocate&) const { return ""; }
  std::string operator()(const Block& block) const {
    const auto& list = block.statements;
    return std::find(list.begin(), list.end(), nullptr) == list.end() ? "" : "a null statement";
  }
  std::string operator()(const Store& store) const {
    if (!store.value) return "a store lacks its value";
    if (std::any_of(store.indices.begin(), store.indices.end(), [](auto& e) { return !e; })) {
      return "a store lacks an index";
    }
    const std::uint16_t lanes = store.value->type.lanes;
    if (lanes > 1 && widest(store.indices) == 1) return "a vector stored to one element";
    std::string error = indices_error(store.indices, lanes);
    return error.empty() ? predicate_error(store.predicate, lanes) : error;
  }
  std::string operator()(const Prefetch& prefetch) const {
    const bool scalar = std::all_of(prefetch.indices.begin(), prefetch.indices.end(),
                                    [](auto& e) { return e && e->type == ValueType{}; });
    return scalar ? "" : "an index of a prefetch is no i64 scalar";
  }
  std::string operator()(const Assert& check) const {
    if (!check.condition) return "an assert lacks its condition";
    if (check.value && check.value->type != ValueType{DType::i64, 1}) {
      return expect_equal("the value of an assert", {DType::i64, 1}, check.value->type);
    }
    return expect_equal("a condition", {DType::boolean, 1}, check.condition->type);
  }
};

}  // namespace

std::string to_string(ValueType type) {
  if (!type.is_vector()) return std::string(name_of(type.dtype));
  return fmt::format("{} x {}", name_of(type.dtype), type.lanes);
}

ValueType result_type(const ExprNode::Value& value, ValueType stated) {
  return std::visit(
      Overloaded{
          [&](const IntImm&) { return stated; },
          [&](const FloatImm&) { return stated; },
          [&](const Var&) { return stated; },
          [&](const Cast& n) { return ValueType{stated.dtype, type_of(n.value).lanes}; },
          [&](const Unary& n) { return elementwise_type(n.op, n.operand); },
          [&](const Binary& n) { return elementwise_type(n.op, n.lhs); },
          [&](const Select& n) { return type_of(n.if_true); },
          [&](const Call& n) {
            return elementwise_type(n.op, n.arguments.empty() ? Expr{} : n.arguments.front());
          },
          [&](const Load& n) { return ValueType{stated.dtype, widest(n.indices)}; },
          [&](const Ramp& n) { return ValueType{type_of(n.base).dtype, stated.lanes}; },
          [&](const Broadcast& n) { return ValueType{type_of(n.value).dtype, stated.lanes}; },
          [&](const Shuffle& n) {
            return ValueType{type_of(n.vector).dtype, static_cast<std::uint16_t>(n.lanes.size())};
          },
      },
      value);
}

std::string type_error(const ExprNode& node) {
  bool complete = true;
  visit_operands(node, [&](const Expr& operand) { complete = complete && operand; });
  if (!complete) return "an operand is missing";
  return std::visit(NodeTyping{node.type}, node.value);
}

std::string type_error(const StmtNode& node) { return std::visit(StatementTyping{}, node.value); }

}  // namespace tcc::ir

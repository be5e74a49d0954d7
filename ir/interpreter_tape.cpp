// Compilation of expressions to instructions.
#include "ir/interpreter_tape.h"

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "ir/math/elementary.h"
#include "ir/visit.h"

namespace tcc::ir {

std::uint32_t TapeBuilder::new_registers(std::uint32_t count) {
  const auto first = static_cast<std::uint32_t>(tape.registers.size());
  tape.registers.resize(tape.registers.size() + count);
  return first;
}

std::uint32_t TapeBuilder::declare(VarId var) { return variables_[var] = new_registers(1); }

std::uint32_t TapeBuilder::compile(const Expr& expr) {
  for (const Expr& node : post_order(expr)) {
    if (!computed_.contains(node.get())) computed_.emplace(node.get(), compile_node(node));
  }
  return register_of(expr);
}

std::uint32_t TapeBuilder::emit(Instruction instruction) {
  instruction.result = new_registers(instruction.lanes);
  tape.instructions.push_back(instruction);
  return instruction.result;
}

Access TapeBuilder::compile_access(BufferId buffer, const std::vector<Expr>& indices,
                                   const Expr& predicate) {
  Access access{buffer, {}, {}};
  for (const Expr& index : indices) {
    access.indices.push_back({compile(index), index->type.is_vector() ? 1U : 0U});
  }
  if (predicate) access.predicate = compile(predicate);
  return access;
}

/// Elementary functions are computed by what they are made of.
std::uint32_t TapeBuilder::compile_expanded(const Expr& expr) {
  Expansion expansion = expand(expr);
  Expr value = expansion.value;
  if (expansion.is_rare) {
    value = make_select(expansion.is_rare, expansion.rare_value, value, expr->origin);
  }
  expansions_.push_back(value);
  return compile(value);
}

std::uint32_t TapeBuilder::compile_node(const Expr& expr) {
  if (is_expanded(expr)) return compile_expanded(expr);
  const std::uint16_t lanes = expr->type.lanes;
  const DType dtype = expr->type.dtype;
  const auto literal = [&] {
    const std::uint32_t reg = new_registers(1);
    tape.registers[reg] = literal_bits(*expr);
    return reg;
  };
  const auto apply = [&](Handler run, const Expr& a, const Expr& b = {}, const Expr& c = {}) {
    return emit({run, 0, register_of(a), b ? register_of(b) : 0, c ? register_of(c) : 0, 0, lanes});
  };
  return match(
      expr, [&](const IntImm&) { return literal(); }, [&](const FloatImm&) { return literal(); },
      [&](const Var& n) {
        const auto found = variables_.find(n.id);
        if (found == variables_.end()) bug(fmt::format("variable '{}' has no value", n.name));
        return found->second;
      },
      [&](const Cast& n) { return apply(cast_handler(n.value->type.dtype, dtype), n.value); },
      [&](const Unary& n) {
        return apply(elementwise_handler(n.op, n.operand->type.dtype), n.operand);
      },
      [&](const Binary& n) {
        return apply(elementwise_handler(n.op, n.lhs->type.dtype), n.lhs, n.rhs);
      },
      [&](const Select& n) { return apply(select_handler(), n.condition, n.if_true, n.if_false); },
      [&](const Call& n) {
        const auto& list = n.arguments;
        if (list.size() != 3) bug(fmt::format("'{}' is no call", info_of(n.op).name));
        return apply(elementwise_handler(n.op, dtype), list[0], list[1], list[2]);
      },
      [&](const Load& n) {
        tape.accesses.push_back(compile_access(n.buffer, n.indices, n.predicate));
        const auto access = static_cast<std::uint32_t>(tape.accesses.size() - 1);
        return emit({nullptr, 0, 0, 0, 0, access, lanes});
      },
      [&](const Ramp& n) { return apply(ramp_handler(dtype), n.base, n.stride); },
      [&](const Broadcast& n) { return apply(broadcast_handler(), n.value); },
      [&](const Shuffle& n) {
        const std::uint32_t result = new_registers(lanes);
        for (std::uint32_t l = 0; l < lanes; ++l) {
          const std::uint32_t from = register_of(n.vector) + n.lanes[l];
          tape.instructions.push_back({copy_handler(), result + l, from, 0, 0, 0, 1});
        }
        return result;
      });
}

}  // namespace tcc::ir

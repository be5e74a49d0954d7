// What an expression costs that is computed again.
#include "ir/passes/expression_cost.h"

#include "dsl/dtypes.h"

namespace tcc::ir {

namespace {

constexpr int index_sum = 0, cheap = 1, arithmetic = 2, memory = 4, division = 8, call = 20;

bool is_power_of_two(const Expr& expr) {
  const Broadcast* broadcast = as<Broadcast>(expr);
  const auto value = constant_of(broadcast ? broadcast->value : expr);
  return value && *value > 0 && (*value & (*value - 1)) == 0;
}

int cost_of_operator(Op op, const Expr& node) {
  switch (op) {
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::negate: return is_float(node->type.dtype) ? arithmetic : index_sum;
    case Op::divide:
    case Op::square_root:
    case Op::power: return division;
    case Op::fma:
    case Op::relu:
    case Op::minimum:
    case Op::maximum:
    case Op::absolute:
    case Op::floor:
    case Op::ceil:
    case Op::round:
    case Op::trunc: return is_float(node->type.dtype) ? arithmetic : cheap;
    default: return op >= Op::rsqrt && op <= Op::hypot ? call : cheap;
  }
}

}  // namespace

int cost_of(const Expr& node) {
  return match(
      node, [](const IntImm&) { return 0; }, [](const FloatImm&) { return 0; },
      [](const Var&) { return 0; }, [](const Cast&) { return cheap; },
      [&](const Unary& n) { return cost_of_operator(n.op, node); },
      [&](const Binary& n) {
        if (n.op == Op::floor_divide || n.op == Op::modulo)
          return is_power_of_two(n.rhs) ? cheap : division;
        return cost_of_operator(n.op, node);
      },
      [](const Select&) { return cheap; },
      [&](const Call& n) { return cost_of_operator(n.op, node); },
      [](const Load&) { return memory; }, [](const Ramp&) { return 0; },
      [](const Broadcast&) { return 0; }, [](const Shuffle&) { return cheap; });
}

}  // namespace tcc::ir

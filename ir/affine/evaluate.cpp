// Expressions as a list of steps, each of which reads the results of earlier ones.
#include "ir/affine/evaluate.h"

#include <algorithm>
#include <unordered_map>

#include "ir/visit.h"

namespace tcc::ir {

namespace {

using Wide = __int128;

std::optional<std::int64_t> narrowed(Wide value, Overflow overflow) {
  const auto wrapped = static_cast<std::int64_t>(static_cast<unsigned __int128>(value));
  if (wrapped != value && overflow == Overflow::has_no_value) return {};
  return wrapped;
}

Wide floor_quotient(Wide a, Wide b) {
  return b == 0 ? 0 : a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

std::optional<std::int64_t> apply_unary(Op op, std::int64_t value, Overflow overflow) {
  switch (op) {
    case Op::logical_not: return value == 0 ? 1 : 0;
    case Op::negate: return narrowed(-Wide(value), overflow);
    case Op::absolute: return narrowed(value < 0 ? -Wide(value) : Wide(value), overflow);
    default: return {};
  }
}

}  // namespace

std::optional<std::int64_t> apply_integer(Op op, std::int64_t a, std::int64_t b,
                                          Overflow overflow) {
  const Wide x = a;
  const Wide y = b;
  switch (op) {
    case Op::add: return narrowed(x + y, overflow);
    case Op::subtract: return narrowed(x - y, overflow);
    case Op::multiply: return narrowed(x * y, overflow);
    case Op::floor_divide: return narrowed(floor_quotient(x, y), overflow);
    case Op::modulo: return b == 0 ? 0 : narrowed(x - floor_quotient(x, y) * y, overflow);
    case Op::minimum: return std::min(a, b);
    case Op::maximum: return std::max(a, b);
    case Op::equal: return a == b ? 1 : 0;
    case Op::not_equal: return a != b ? 1 : 0;
    case Op::less: return a < b ? 1 : 0;
    case Op::less_equal: return a <= b ? 1 : 0;
    case Op::greater: return a > b ? 1 : 0;
    case Op::greater_equal: return a >= b ? 1 : 0;
    case Op::logical_and: return a != 0 && b != 0 ? 1 : 0;
    case Op::logical_or: return a != 0 || b != 0 ? 1 : 0;
    default: return {};
  }
}

std::optional<IntegerTape> IntegerTape::from(const Expr& root, const Slots& slots) {
  IntegerTape tape;
  std::unordered_map<const ExprNode*, std::size_t> position;
  for (const Expr& node : post_order(root)) {
    const DType dtype = node->type.dtype;
    if (node->type.is_vector() || (dtype != DType::i64 && dtype != DType::boolean)) return {};
    const auto at = [&](const Expr& operand) { return position.at(operand.get()); };
    Step step{Kind::number, Op::add, 0, 0, 0, 0};
    if (const IntImm* number = as<IntImm>(node)) {
      step.number = number->value;
    } else if (const Var* var = as<Var>(node)) {
      const auto slot = slots.find(var->id);
      if (slot == slots.end()) return {};
      step.kind = Kind::slot;
      step.first = slot->second;
    } else if (const Unary* unary = as<Unary>(node)) {
      step = {Kind::unary, unary->op, 0, at(unary->operand), 0, 0};
    } else if (const Binary* binary = as<Binary>(node)) {
      step = {Kind::binary, binary->op, 0, at(binary->lhs), at(binary->rhs), 0};
    } else if (const Select* select = as<Select>(node)) {
      step = {Kind::select,          Op::select,          0,
              at(select->condition), at(select->if_true), at(select->if_false)};
    } else {
      return {};
    }
    position.emplace(node.get(), tape.steps_.size());
    tape.steps_.push_back(step);
  }
  return tape;
}

std::optional<IntegerTape> IntegerTape::from_steps(std::vector<Step> steps, std::size_t slots) {
  constexpr std::size_t operands[] = {0, 1, 1, 2, 3};  // by kind
  for (std::size_t n = 0; n < steps.size(); ++n) {
    const Step& step = steps[n];
    if (step.kind > Kind::select) return {};
    const auto count = operands[static_cast<std::size_t>(step.kind)];
    const std::size_t limit = step.kind == Kind::slot ? slots : n;
    if ((count > 0 && step.first >= limit) || (count > 1 && step.second >= n) ||
        (count > 2 && step.third >= n))
      return {};
  }
  if (steps.empty()) return {};
  IntegerTape tape;
  tape.steps_ = std::move(steps);
  return tape;
}

std::optional<std::int64_t> IntegerTape::run(std::span<const std::int64_t> values,
                                             Overflow overflow) const {
  std::vector<std::int64_t> results(steps_.size());
  for (std::size_t n = 0; n < steps_.size(); ++n) {
    const Step& step = steps_[n];
    std::optional<std::int64_t> result;
    switch (step.kind) {
      case Kind::number: result = step.number; break;
      case Kind::slot: result = values[step.first]; break;
      case Kind::unary: result = apply_unary(step.op, results[step.first], overflow); break;
      case Kind::binary:
        result = apply_integer(step.op, results[step.first], results[step.second], overflow);
        break;
      case Kind::select:
        result = results[step.first] != 0 ? results[step.second] : results[step.third];
        break;
    }
    if (!result) return {};
    results[n] = *result;
  }
  return results.back();
}

}  // namespace tcc::ir

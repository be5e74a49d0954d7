// Conditions of rules, and the nodes that they make.
#include "ir/affine/apply_rules.h"

#include <algorithm>

#include "ir/affine/evaluate.h"
#include "ir/affine/prove.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// Whether sums in it cannot wrap: no value is read, and no number is far beyond an extent.
bool is_index(const Expr& expr) {
  constexpr std::int64_t largest = std::int64_t{1} << 31;
  const std::vector<Expr> nodes = post_order(expr);
  return std::none_of(nodes.begin(), nodes.end(), [](const Expr& node) {
    const IntImm* number = as<IntImm>(node);
    return as<Load>(node) || as<Cast>(node) ||
           (number && (number->value > largest || number->value < -largest));
  });
}

Expr make_constant(std::int64_t value, ValueType type, OriginId origin) {
  return type.dtype == DType::boolean ? make_bool(value != 0, origin) : make_int(value, origin);
}

}  // namespace

Expr instantiate(const Expr& pattern, const Bindings& bindings, OriginId origin,
                 const RuleApplier::SimplifyNode& simplify_node) {
  const auto part = [&](const Expr& operand) {
    return instantiate(operand, bindings, origin, simplify_node);
  };
  if (const Var* var = as<Var>(pattern)) return bindings[var->id.value];
  if (const IntImm* number = as<IntImm>(pattern))
    return make_constant(number->value, pattern->type, origin);
  if (const Unary* unary = as<Unary>(pattern)) {
    const Expr operand = part(unary->operand);
    return operand ? simplify_node(make_unary(unary->op, operand, origin)) : operand;
  }
  if (const Select* select = as<Select>(pattern)) {
    const Expr condition = part(select->condition);
    const Expr if_true = part(select->if_true);
    const Expr if_false = part(select->if_false);
    if (!condition || !if_true || !if_false) return {};
    return simplify_node(make_select(condition, if_true, if_false, origin));
  }
  const Binary& binary = *as<Binary>(pattern);
  const Expr lhs = part(binary.lhs);
  const Expr rhs = part(binary.rhs);
  if (!lhs || !rhs) return {};
  const auto a = constant_of(lhs);
  const auto b = constant_of(rhs);
  if (a && b) {
    const auto value = apply_integer(binary.op, *a, *b, Overflow::has_no_value);
    return value ? make_constant(*value, pattern->type, origin) : Expr();
  }
  return simplify_node(make_binary(binary.op, lhs, rhs, origin));
}

bool RuleApplier::holds(const Expr& condition, const Bindings& bindings, const Expr& node) const {
  const auto as_it_is = [](const Expr& made) { return made; };
  for (const Expr& part : conjuncts(condition)) {
    const Expr own = instantiate(part, bindings, node->origin, as_it_is);
    if (!own) return false;
    if (const auto value = constant_of(own)) {
      if (*value == 0) return false;
    } else if (!is_index(node) || prove_as_it_is(own, knowledge_) != Verdict::proven) {
      return false;
    }
  }
  return true;
}

Expr RuleApplier::apply(const Rule& rule, const Expr& node) const {
  Expr result;
  Matcher().find(rule.before, node, [&](const Bindings& bindings) {
    if (rule.assumes == Assumes::no_overflow && !is_index(node)) return false;
    if (rule.condition && !holds(rule.condition, bindings, node)) return false;
    result = instantiate(rule.after, bindings, node->origin, simplify_node_);
    return static_cast<bool>(result);
  });
  return result;
}

Expr RuleApplier::apply(const Expr& node) const {
  const auto apply_first = [&](Op op) {
    for (const Rule* rule : rules_of(op)) {
      if (Expr result = apply(*rule, node)) return result;
    }
    return Expr();
  };
  if (const Unary* unary = as<Unary>(node)) return apply_first(unary->op);
  if (as<Select>(node)) return apply_first(Op::select);
  const Binary* binary = as<Binary>(node);
  if (!binary) return {};
  if (Expr result = apply_first(binary->op)) return result;
  const Op other_way = mirrored(binary->op);
  if (other_way == binary->op) return {};
  const Expr result = apply_first(other_way);
  const Binary* comparison = result ? as<Binary>(result) : nullptr;
  if (!comparison || mirrored(comparison->op) == comparison->op) return result;
  return simplify_node_(
      make_binary(mirrored(comparison->op), comparison->rhs, comparison->lhs, node->origin));
}

Polynomial RuleApplier::apply_to_sum(Polynomial sum, OriginId origin) const {
  for (bool changed = true; changed;) {
    changed = false;
    for (const Rule* rule : rules_of(Op::add)) {
      auto simpler = apply_to_sum(*rule, sum, origin);
      if (!simpler) continue;
      sum = std::move(*simpler);
      changed = true;
    }
  }
  return sum;
}

std::optional<Polynomial> RuleApplier::apply_to_sum(const Rule& rule, const Polynomial& sum,
                                                    OriginId origin) const {
  if (sum.terms().size() < 2) return {};
  if (rule.assumes == Assumes::no_overflow && sum.may_wrap()) return {};
  for (const auto& [atom, expr] : sum.atoms_used()) {
    const Binary* binary = as<Binary>(expr);
    if (!binary || binary->op != Op::modulo) continue;
    std::optional<Polynomial> simpler;
    Matcher().find(rule.key, expr, [&, &key = atom, &node = expr](const Bindings& bindings) {
      if (rule.condition && !holds(rule.condition, bindings, node)) return false;
      simpler = without_digits(rule, sum, key, bindings, origin);
      return simpler.has_value();
    });
    if (simpler) return simpler;
  }
  return {};
}

/// sum - k * before + k * after for the factor k of the remainder, where all of before is gone.
std::optional<Polynomial> RuleApplier::without_digits(const Rule& rule, const Polynomial& sum,
                                                      const Polynomial::Atom& atom,
                                                      const Bindings& bindings,
                                                      OriginId origin) const {
  const auto linear = sum.linear_in(atom);
  const auto simplify_digit = [this](const Expr& made) {  // not the sum: this rule would apply
    const Binary* binary = as<Binary>(made);
    return binary && binary->op == Op::add ? made : simplify_node_(made);
  };
  const Expr before = instantiate(rule.before, bindings, origin, simplify_digit);
  const Expr after = instantiate(rule.after, bindings, origin, simplify_node_);
  if (!linear || !before || !after) return {};
  const auto digits = Polynomial::from(before);
  const auto value = Polynomial::from(after);
  const auto own = digits ? digits->linear_in(atom) : std::nullopt;
  const auto unit = own ? own->factor.constant() : std::nullopt;
  const auto times = unit ? linear->factor.split_by(*unit) : std::nullopt;
  if (!value || !times || times->rest.constant() != 0) return {};
  const auto change = Polynomial::add(*value, *digits, -1);
  const auto scaled = change ? Polynomial::multiply(*change, times->quotient) : std::nullopt;
  const auto result = scaled ? Polynomial::add(sum, *scaled, 1) : std::nullopt;
  if (!result || result->terms().size() >= sum.terms().size()) return {};
  return result;
}

}  // namespace tcc::ir

// Bottom-up simplification: integer sums through their polynomial, the rest by small rules.
#include "ir/affine/simplify.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "ir/affine/apply_rules.h"
#include "ir/affine/evaluate.h"
#include "ir/affine/polynomial.h"
#include "ir/affine/prove.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr ValueType scalar_i64 = {DType::i64, 1};

/// Rules make nodes to which rules apply; each makes its node simpler, but none is believed to.
constexpr int max_rule_depth = 12;
// As a tree. What is longer is nobody's index, and each quotient in a quotient doubles the work.
constexpr std::size_t max_rule_nodes = 200;

/// What is known around the node that is simplified, and how many rules made it.
struct Context {
  const Knowledge& knowledge;
  int depth = 0;
};

/// Whether a node is an operand of larger sums only, which are brought into order as a whole.
enum class Place : std::uint8_t { inside_a_sum, outermost };

Expr simplify_node(const Expr& node, Place place, const Context& context);

RuleApplier rules_in(const Context& context) {
  const Context inner{context.knowledge, context.depth + 1};
  return RuleApplier(context.knowledge, [inner](const Expr& made) {
    return simplify_node(made, Place::outermost, inner);
  });
}

/// The node by the rules of ir/affine/rules.h, or as it is.
Expr by_rules(const Expr& node, const Context& context) {
  const bool stops = context.depth == max_rule_depth || is_tree_larger_than(node, max_rule_nodes);
  if (stops) return node;
  const Expr simpler = rules_in(context).apply(node);
  return simpler ? simpler : node;
}

std::optional<bool> decide(Op op, std::int64_t difference) {
  switch (op) {
    case Op::equal: return difference == 0;
    case Op::not_equal: return difference != 0;
    case Op::less: return difference < 0;
    case Op::less_equal: return difference <= 0;
    case Op::greater: return difference > 0;
    case Op::greater_equal: return difference >= 0;
    default: return {};
  }
}

/// `a + 7 >= b + 8` and `a >= b + 1` are `a > b`: constants on one side, none where a strict
/// comparison says the same.
Expr with_one_constant(const Expr& node, Op op, Polynomial left, Polynomial right) {
  const std::int64_t constant = left.constant_term();
  std::int64_t offset = 0;  // of the left side
  if (__builtin_sub_overflow(constant, right.constant_term(), &offset)) return node;
  const bool both = constant != 0 && right.constant_term() != 0;
  const bool at_most = op == Op::less_equal && offset == 1;
  const bool at_least = op == Op::greater_equal && offset == -1;
  if ((!both && !at_most && !at_least) || offset == INT64_MIN) return node;
  const auto moved = [&](const Polynomial& side, std::int64_t rest) {
    const auto without = Polynomial::add(side, Polynomial(side.constant_term()), -1);
    return Polynomial::add(*without, Polynomial(rest), 1)->to_expr(node->origin);
  };
  if (at_most) op = Op::less;
  if (at_least) op = Op::greater;
  if (at_most || at_least) offset = 0;
  return make_binary(op, moved(left, std::max<std::int64_t>(offset, 0)),
                     moved(right, std::max<std::int64_t>(-offset, 0)), node->origin);
}

/// Comparisons, minimum and maximum of values whose difference is a constant.
Expr simplify_by_difference(const Expr& node, const Binary& binary) {
  auto left = Polynomial::from(binary.lhs);
  auto right = Polynomial::from(binary.rhs);
  if (!left || !right) return node;
  auto difference = Polynomial::add(*left, *right, -1);
  auto constant = difference ? difference->constant() : std::nullopt;
  const bool ordered = binary.op != Op::equal && binary.op != Op::not_equal;
  const bool may_wrap = left->may_wrap() || right->may_wrap();  // x < x + 1, if x + 1 wraps
  if (constant && !(ordered && may_wrap)) {
    if (binary.op == Op::minimum) return *constant <= 0 ? binary.lhs : binary.rhs;
    if (binary.op == Op::maximum) return *constant >= 0 ? binary.lhs : binary.rhs;
    auto decided = decide(binary.op, *constant);
    return decided ? make_bool(*decided, node->origin) : node;
  }
  const bool compares = binary.op != Op::minimum && binary.op != Op::maximum;
  return compares && !may_wrap ? with_one_constant(node, binary.op, *left, *right) : node;
}

Expr simplify_sum(const Expr& node, const Context& context) {
  auto polynomial = Polynomial::from(node);
  if (!polynomial) return node;
  if (context.depth == max_rule_depth || is_tree_larger_than(node, max_rule_nodes)) {
    return polynomial->to_expr(node->origin);
  }
  return rules_in(context).apply_to_sum(std::move(*polynomial), node->origin).to_expr(node->origin);
}

Expr simplify_integer(const Expr& node, const Binary& binary, const Context& context) {
  const auto left = constant_of(binary.lhs);
  const auto right = constant_of(binary.rhs);
  const auto value =
      left && right ? apply_integer(binary.op, *left, *right, Overflow::wraps) : std::nullopt;
  if (value) {
    return node->type.dtype == DType::boolean ? make_bool(*value != 0, node->origin)
                                              : make_int(*value, node->origin);
  }
  switch (binary.op) {
    case Op::add:
    case Op::subtract:
    case Op::multiply: return simplify_sum(node, context);
    case Op::floor_divide:
    case Op::modulo: return by_rules(node, context);
    default: break;
  }
  const Expr decided = simplify_by_difference(node, binary);
  return as<Binary>(decided) ? by_rules(decided, context) : decided;
}

/// The scalar that all lanes of a bool expression have, where it is known.
std::optional<bool> uniform_bool(const Expr& expr) {
  if (const Broadcast* broadcast = as<Broadcast>(expr)) return uniform_bool(broadcast->value);
  auto value = expr->type.dtype == DType::boolean ? constant_of(expr) : std::nullopt;
  return value ? std::optional<bool>(*value != 0) : std::nullopt;
}

Expr simplify_logic(const Expr& node, const Binary& binary, const Context& context) {
  const bool absorbing = binary.op == Op::logical_or;  // true for `or`, false for `and`
  for (const auto& [side, other] : {std::pair{binary.lhs, binary.rhs}, {binary.rhs, binary.lhs}}) {
    if (auto known = uniform_bool(side)) return *known == absorbing ? side : other;
  }
  return by_rules(node, context);
}

/// ramp and broadcast arithmetic of indices, lane by lane.
Expr simplify_vector(const Expr& node, const Binary& binary, Place place, const Context& context) {
  const Broadcast* left = as<Broadcast>(binary.lhs);
  const Broadcast* right = as<Broadcast>(binary.rhs);
  const std::uint16_t lanes = node->type.lanes;
  auto apply = [&](Op op, const Expr& a, const Expr& b) {
    return simplify_node(make_binary(op, a, b, node->origin), place, context);
  };
  if (left && right)
    return make_broadcast(apply(binary.op, left->value, right->value), lanes, node->origin);
  const Ramp* ramp = as<Ramp>(binary.lhs) ? as<Ramp>(binary.lhs) : as<Ramp>(binary.rhs);
  const Broadcast* factor = left ? left : right;
  if (!ramp || node->type.dtype != DType::i64) return node;
  if (binary.op == Op::multiply && factor) {
    return make_ramp(apply(Op::multiply, ramp->base, factor->value),
                     apply(Op::multiply, ramp->stride, factor->value), lanes, node->origin);
  }
  if (binary.op != Op::add && binary.op != Op::subtract) return node;
  auto as_ramp = [&](const Expr& side) -> std::optional<Ramp> {
    if (const Ramp* own = as<Ramp>(side)) return *own;
    const Broadcast* same = as<Broadcast>(side);
    return same ? std::optional(Ramp{same->value, make_int(0, node->origin)}) : std::nullopt;
  };
  auto a = as_ramp(binary.lhs);
  auto b = as_ramp(binary.rhs);
  if (!a || !b) return node;
  return make_ramp(apply(binary.op, a->base, b->base), apply(binary.op, a->stride, b->stride),
                   lanes, node->origin);
}

Expr simplify_cast(const Expr& node, const Cast& cast) {
  auto value = constant_of(cast.value);
  constexpr std::int64_t exact_in_f32 = 1 << 24;
  const bool to_float = node->type.dtype == DType::f32 || node->type.dtype == DType::f64;
  if (!value || !to_float || std::abs(*value) > exact_in_f32) return node;
  return make_float(static_cast<double>(*value), node->type.dtype, node->origin);
}

bool is_index_sum(const Expr& node) {
  const Binary* binary = as<Binary>(node);
  return binary && node->type.dtype == DType::i64 &&
         (binary->op == Op::add || binary->op == Op::subtract || binary->op == Op::multiply);
}

Expr simplify_node(const Expr& node, Place place, const Context& context) {
  if (const Binary* binary = as<Binary>(node)) {
    if (binary->op == Op::logical_and || binary->op == Op::logical_or) {
      return simplify_logic(node, *binary, context);
    }
    if (node->type.is_vector()) return simplify_vector(node, *binary, place, context);
    if (place == Place::inside_a_sum) return node;
    return binary->lhs->type == scalar_i64 ? simplify_integer(node, *binary, context) : node;
  }
  if (const Unary* unary = as<Unary>(node)) {
    auto known = unary->op == Op::logical_not ? uniform_bool(unary->operand) : std::nullopt;
    if (known && !node->type.is_vector()) return make_bool(!*known, node->origin);
    const FloatImm* number = as<FloatImm>(unary->operand);
    if (unary->op == Op::negate && number) {
      return make_float(-number->value, node->type.dtype, node->origin);
    }
    return unary->op == Op::logical_not ? by_rules(node, context) : node;
  }
  if (const Select* select = as<Select>(node)) {
    auto known = uniform_bool(select->condition);
    if (known) return *known ? select->if_true : select->if_false;
    return node->type == scalar_i64 ? by_rules(node, context) : node;
  }
  if (const Cast* cast = as<Cast>(node)) return simplify_cast(node, *cast);
  if (const Ramp* ramp = as<Ramp>(node); ramp && constant_of(ramp->stride) == 0) {
    return make_broadcast(ramp->base, node->type.lanes, node->origin);
  }
  return node;
}

bool runs_once(const For& loop) {
  const bool on_cpu = loop.kind == ForKind::serial || loop.kind == ForKind::unrolled ||
                      loop.kind == ForKind::parallel || loop.kind == ForKind::vector;
  return on_cpu && constant_of(loop.extent) == 1;
}

/// A predicate that is true everywhere is none; a store that never writes is no statement.
Stmt simplify_store(const Stmt& stmt, const Store& store) {
  auto known = store.predicate ? uniform_bool(store.predicate) : std::nullopt;
  if (!known) return stmt;
  if (!*known) return nullptr;
  return make_store(store.buffer, store.indices, store.value, stmt->origin);
}

/// One walk down: a loop that runs once is gone before its body is looked at, so that every
/// expression is simplified once however many such loops are around it.
class StatementSimplifier {
 public:
  explicit StatementSimplifier(const Facts& facts) { known_.facts = facts; }

  /// Null where nothing is left.
  Stmt visit(const Stmt& stmt) {
    const Stmt own = map_expressions(
        stmt, [this](const Expr& expr) { return simplify(substitute(expr, values_), known_); });
    if (const If* guard = as<If>(own)) {
      const Verdict verdict =
          prove(guard->condition, known_.ranges, known_.facts, known_.assumptions);
      if (verdict == Verdict::proven) return visit(guard->body);
      if (verdict == Verdict::refuted) return nullptr;
    }
    if (const For* loop = as<For>(own)) return visit_loop(own, *loop);
    if (const Store* store = as<Store>(own)) return simplify_store(own, *store);
    return visit_below(own);
  }

 private:
  Stmt visit_loop(const Stmt& stmt, const For& loop) {
    const VarId var = as<Var>(loop.var)->id;
    const auto extent = constant_of(loop.extent);
    if (extent && *extent <= 0) return nullptr;
    if (runs_once(loop)) {
      values_[var] = loop.begin;
      return visit(loop.body);
    }
    known_.ranges[var] = {loop.begin, loop.extent};
    Stmt inside = visit_below(stmt);
    known_.ranges.erase(var);
    return inside;
  }

  Stmt visit_below(const Stmt& stmt) {
    return map_statements(stmt, [this](const Stmt& inner) { return visit(inner); });
  }

  Substitution values_;  ///< of the variables of loops that are gone
  Knowledge known_;      ///< the loops around
};

}  // namespace

Expr simplify(const Expr& root) {
  static const Knowledge nothing;
  return simplify(root, nothing);
}

Expr simplify(const Expr& root, const Knowledge& knowledge) {
  if (is_leaf(root)) return root;
  const Context context{knowledge};
  const std::vector<Expr> order = post_order(root);
  std::unordered_set<const ExprNode*> outermost = {root.get()};
  for (const Expr& node : order) {
    if (is_index_sum(node)) continue;
    for_each_child(*node, [&](const Expr& child) { outermost.insert(child.get()); });
  }
  std::unordered_map<const ExprNode*, Expr> simplified(order.size());
  for (const Expr& node : order) {
    const Expr rebuilt =
        map_children(node, [&](const Expr& child) { return simplified.at(child.get()); });
    const bool inside = is_index_sum(node) && !outermost.contains(node.get());
    simplified.emplace(
        node.get(),
        simplify_node(rebuilt, inside ? Place::inside_a_sum : Place::outermost, context));
  }
  return simplified.at(root.get());
}

bool same_value(const Expr& a, const Expr& b) {
  if (a.same_as(b)) return true;
  auto left = Polynomial::from(a);
  auto right = Polynomial::from(b);
  auto difference = left && right ? Polynomial::add(*left, *right, -1) : std::nullopt;
  return difference && difference->constant() == 0;
}

Stmt simplify_expressions(const Stmt& stmt) {
  return rewrite(stmt, {}, [](const Stmt& inner) {
    return map_expressions(inner, [](const Expr& expr) { return simplify(expr); });
  });
}

Stmt simplify(const Stmt& stmt, const Facts& facts) {
  return StatementSimplifier(facts).visit(stmt);
}

}  // namespace tcc::ir

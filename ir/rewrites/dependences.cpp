// Whether the iterations of a loop are independent of each other.
#include "ir/rewrites/dependences.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "ir/affine/bounds.h"
#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/printer.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

struct Access {
  enum class Kind : std::uint8_t { store, load };
  Kind kind;
  BufferId buffer;
  std::vector<Expr> indices;
  VarRanges inner;           ///< the loops between the one looked at and the access
  std::vector<Expr> guards;  ///< conjuncts that hold at the access
};

VarId var_of(const For& loop) { return as<Var>(loop.var)->id; }

Expr binary(Op op, const Expr& a, const Expr& b) { return make_binary(op, a, b, a->origin); }

/// All accesses in the body of a loop, and what it declares.
class AccessCollector {
 public:
  explicit AccessCollector(const Stmt& body) { visit(body); }

  std::vector<Access> accesses;
  std::set<BufferId> allocated;
  std::set<VarId> declared;  ///< of the loops and lets inside

 private:
  void visit(const Stmt& stmt) {
    map_expressions(stmt, [&](const Expr& expr) {
      add_loads(expr);
      return expr;
    });
    if (const For* loop = as<For>(stmt)) {
      declared.insert(var_of(*loop));
      around_[var_of(*loop)] = {loop->begin, loop->extent};
      visit(loop->body);
      around_.erase(var_of(*loop));
    } else if (const If* guard = as<If>(stmt)) {
      const std::size_t outside = guards_.size();
      for (const Expr& conjunct : conjuncts(guard->condition))
        guards_.push_back(conjunct);
      visit(guard->body);
      guards_.resize(outside);
    } else if (const Block* block = as<Block>(stmt)) {
      for (const Stmt& inner : block->statements)
        visit(inner);
    } else if (const Store* store = as<Store>(stmt)) {
      accesses.push_back({Access::Kind::store, store->buffer, store->indices, around_, guards_});
    } else if (const Allocate* allocate = as<Allocate>(stmt)) {
      allocated.insert(allocate->buffer);
    } else if (const Let* let = as<Let>(stmt)) {
      declared.insert(as<Var>(let->var)->id);
    }
  }

  void add_loads(const Expr& expr) {
    if (is_leaf(expr)) return;
    for (const Expr& node : post_order(expr)) {
      const Load* load = as<Load>(node);
      if (!load) continue;
      accesses.push_back({Access::Kind::load, load->buffer, load->indices, around_, guards_});
    }
  }

  VarRanges around_;
  std::vector<Expr> guards_;
};

/// An index as factor * term + rest, where the term is a division.
struct ScaledTerm {
  Expr factor, term, rest;
};

/// The first term `f // M` or `f % M` of a sum, or a multiple of one.
std::optional<ScaledTerm> term_of(const Expr& index, Op division) {
  std::vector<Expr> summands = {index};
  while (!summands.empty()) {
    const Expr summand = summands.back();
    summands.pop_back();
    const Binary* node = as<Binary>(summand);
    if (!node) continue;
    if (node->op == Op::add) summands.insert(summands.end(), {node->rhs, node->lhs});
    if (node->op == Op::subtract) summands.push_back(node->lhs);
    const Expr rest = simplify(binary(Op::subtract, index, summand));
    if (node->op == division) return ScaledTerm{make_int(1, index->origin), summand, rest};
    if (node->op != Op::multiply) continue;
    for (const auto& [term, factor] : {std::pair{node->lhs, node->rhs}, {node->rhs, node->lhs}}) {
      const Binary* inner = as<Binary>(term);
      if (inner && inner->op == division) return ScaledTerm{factor, term, rest};
    }
  }
  return {};
}

using Equalities = std::vector<std::pair<Expr, Expr>>;

/// Compares accesses of two iterations of one loop.
class Separation {
 public:
  Separation(const LoopProgram& program, const Stmt& kernel_body, const For& loop,
             const std::set<VarId>& declared)
      : facts_(program.facts),
        var_(loop.var),
        id_(var_of(loop)),
        declared_(declared),
        around_(ranges_around(kernel_body, id_)),
        one_(make_int(1, loop.var->origin)) {
    outer_ = around_;
    outer_.erase(id_);
  }

  bool separates(const Access& a, const Access& b) const {
    Equalities equal;
    for (std::size_t axis = 0; axis < a.indices.size(); ++axis)
      equal.emplace_back(a.indices[axis], b.indices[axis]);
    for (std::size_t pair = 0; pair < equal.size() && equal.size() < max_equalities; ++pair) {
      add_terms(a, b, equal, pair);
      add_dividends(equal, pair);
    }
    return std::any_of(equal.begin(), equal.end(), [&](const auto& pair) {
      return apart_by_step(a, pair.first, b, pair.second) ||
             (in_order(a, pair.first, b, pair.second) && in_order(b, pair.second, a, pair.first));
    });
  }

 private:
  struct Linear {
    Expr step, rest;
  };

  /// index = step * var + rest, the step the same in every iteration of the loops inside.
  std::optional<Linear> linear(const Expr& index) const {
    const Expr step = simplify(binary(Op::subtract, next(index), index));
    if (uses_var(step, id_) || varies(step)) return {};
    return Linear{step, simplify(substitute(index, {{id_, make_int(0, index->origin)}}))};
  }

  Expr next(const Expr& expr) const {
    return substitute(expr, {{id_, binary(Op::add, var_, one_)}});
  }

  /// Whether a value may change within an iteration or from one to the next, the loop's own
  /// variable aside.
  bool varies(const Expr& expr) const {
    for (const Expr& node : post_order(expr)) {
      const Var* var = as<Var>(node);
      if (as<Load>(node) || (var && declared_.contains(var->id))) return true;
    }
    return false;
  }

  bool proves(Op op, const Expr& a, const Expr& b) const {
    return prove(binary(op, a, b), outer_, facts_) == Verdict::proven;
  }

  std::optional<Expr> magnitude(const Expr& step, const Access& a, const Access& b) const {
    const Expr zero = make_int(0, step->origin);
    if (proves(Op::greater, step, zero)) return step;
    if (proves(Op::less, step, zero)) return simplify(binary(Op::subtract, zero, step));
    const bool positive =
        proves(Op::greater_equal, step, zero) &&
        (runs_only_if_not_zero(step, around_) || runs_only_if_not_zero(step, a.inner) ||
         runs_only_if_not_zero(step, b.inner));
    return positive ? std::optional(step) : std::nullopt;
  }

  bool apart_by_step(const Access& a, const Expr& x, const Access& b, const Expr& y) const {
    const auto first = linear(x);
    const auto second = linear(y);
    return first && second && same_value(first->step, second->step) &&
           closer_than(first->step, a, first->rest, b, second->rest);
  }

  /// |x - y| < |step|, whatever the loops inside do, and in whatever iterations.
  bool closer_than(const Expr& step, const Access& a, const Expr& x, const Access& b,
                   const Expr& y) const {
    const auto size = magnitude(step, a, b);
    const auto range = interval_of(x, a.inner, x->origin);
    const auto other = interval_of(y, b.inner, y->origin);
    if (!size || !range || !other) return false;
    for (const Expr& end : {range->lowest, range->highest, other->lowest, other->highest}) {
      if (uses_var(end, id_) || varies(end)) return false;
    }
    return proves(Op::less, binary(Op::subtract, other->highest, range->lowest), *size) &&
           proves(Op::less, binary(Op::subtract, range->highest, other->lowest), *size);
  }

  /// x of one iteration is below y of every later one: a guard says x < end(v), the lowest y is
  /// end(v) in the next iteration, and never falls.
  bool in_order(const Access& a, const Expr& x, const Access& b, const Expr& y) const {
    const auto lowest = interval_of(y, b.inner, y->origin);
    if (!lowest || varies(lowest->lowest) || !never_falls(lowest->lowest)) return false;
    const Expr first_of_next = next(lowest->lowest);
    return std::any_of(a.guards.begin(), a.guards.end(), [&](const Expr& guard) {
      const Binary* less = as<Binary>(guard);
      if (!less || less->op != Op::less || less->lhs->type != ValueType{}) return false;
      const Expr distance = simplify(binary(Op::subtract, x, less->lhs));
      if (uses_var(distance, id_) || varies(distance)) return false;
      return same_value(simplify(binary(Op::add, less->rhs, distance)), simplify(first_of_next));
    });
  }

  /// Whether the value grows, or stays, as the loop's variable grows; found from its form.
  bool never_falls(const Expr& expr) const {
    if (!uses_var(expr, id_)) return true;
    const Binary* node = as<Binary>(expr);
    if (!node) return as<Var>(expr) != nullptr;
    const auto is_positive_factor = [&](const Expr& factor) {
      return !uses_var(factor, id_) && is_nonnegative(factor);
    };
    switch (node->op) {
      case Op::add:
      case Op::minimum:
      case Op::maximum: return never_falls(node->lhs) && never_falls(node->rhs);
      case Op::subtract: return never_falls(node->lhs) && !uses_var(node->rhs, id_);
      case Op::multiply:
        return (never_falls(node->lhs) && is_positive_factor(node->rhs)) ||
               (never_falls(node->rhs) && is_positive_factor(node->lhs));
      case Op::floor_divide: return never_falls(node->lhs) && is_positive_factor(node->rhs);
      default: return false;
    }
  }

  bool is_nonnegative(const Expr& expr) const {
    if (proves(Op::greater_equal, expr, make_int(0, expr->origin))) return true;
    const Binary* node = as<Binary>(expr);
    if (!node) return false;
    switch (node->op) {
      case Op::modulo: return is_nonnegative(node->rhs);
      case Op::add:
      case Op::multiply:
      case Op::minimum:
      case Op::floor_divide: return is_nonnegative(node->lhs) && is_nonnegative(node->rhs);
      case Op::maximum: return is_nonnegative(node->lhs) || is_nonnegative(node->rhs);
      default: return false;
    }
  }

  /// Where 4*(f // M) + i and 4*(f' // M) + i' are equal, and i and i' are closer than 4, the
  /// quotients are equal.
  void add_terms(const Access& a, const Access& b, Equalities& equal, std::size_t pair) const {
    for (const Op division : {Op::floor_divide, Op::modulo}) {
      const auto first = term_of(equal[pair].first, division);
      const auto second = term_of(equal[pair].second, division);
      if (!first || !second || first->term.same_as(equal[pair].first)) continue;
      if (!same_value(first->factor, second->factor)) continue;
      if (uses_var(first->factor, id_) || varies(first->factor)) continue;
      if (!closer_than(first->factor, a, first->rest, b, second->rest)) continue;
      equal.emplace_back(first->term, second->term);
    }
  }

  /// Where f // M and f % M are equal in both accesses, so is f.
  void add_dividends(Equalities& equal, std::size_t pair) const {
    for (std::size_t other = 0; other < pair; ++other) {
      for (const auto& [i, j] : {std::pair{pair, other}, {other, pair}}) {
        const auto a = dividend_of(equal[i].first, equal[j].first);
        const auto b = dividend_of(equal[i].second, equal[j].second);
        if (a && b && same_value(a->divisor, b->divisor)) equal.emplace_back(a->value, b->value);
      }
    }
  }

  struct Dividend {
    Expr value, divisor;
  };

  /// f of f // M and f % M, of an M that no iteration changes and that is not 0.
  std::optional<Dividend> dividend_of(const Expr& first, const Expr& second) const {
    const Binary* quotient = as<Binary>(first);
    const Binary* remainder = as<Binary>(second);
    if (!quotient || quotient->op != Op::floor_divide) return {};
    if (!remainder || remainder->op != Op::modulo) return {};
    if (!same_value(quotient->lhs, remainder->lhs)) return {};
    const Expr& divisor = quotient->rhs;
    if (!same_value(divisor, remainder->rhs)) return {};
    if (uses_var(divisor, id_) || varies(divisor)) return {};
    const bool not_zero = proves(Op::greater, divisor, make_int(0, divisor->origin)) ||
                          runs_only_if_not_zero(divisor, around_);
    return not_zero ? std::optional(Dividend{quotient->lhs, divisor}) : std::nullopt;
  }

  /// Whether some loop has `value` as a factor of its extent: where it is 0, nothing is accessed.
  static bool runs_only_if_not_zero(const Expr& value, const VarRanges& ranges) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
      const Expr without = rewrite(range.second.extent, [&](const Expr& node) {
        const bool same = node->type == value->type && same_value(node, value);
        return same ? make_int(0, node->origin) : node;
      });
      return constant_of(simplify(without)) == 0;
    });
  }

  static constexpr std::size_t max_equalities = 64;

  const Facts& facts_;
  Expr var_;
  VarId id_;
  const std::set<VarId>& declared_;
  VarRanges around_;  ///< of the loops around, this one included
  VarRanges outer_;
  Expr one_;
};

std::string describe(const LoopProgram& program, const Conflict& conflict) {
  const Buffer& buffer = program[conflict.buffer];
  const auto text = [&](const std::vector<Expr>& indices) {
    return print(program, make_load(buffer.dtype, conflict.buffer, indices, buffer.origin));
  };
  const std::string stored = text(conflict.stored);
  const std::string accessed = text(conflict.accessed);
  if (conflict.kind == Conflict::Kind::one_loads) {
    return fmt::format("one may load '{}', which another stores to '{}'", accessed, stored);
  }
  if (stored == accessed) return fmt::format("two may store to '{}'", stored);
  return fmt::format("one may store to '{}' and another to '{}'", stored, accessed);
}

}  // namespace

std::optional<Conflict> find_conflict(const LoopProgram& program, const Stmt& kernel_body,
                                      const For& loop) {
  AccessCollector collector(loop.body);
  auto& accesses = collector.accesses;
  std::set<BufferId> stored;
  for (const Access& access : accesses) {
    if (access.kind == Access::Kind::store) stored.insert(access.buffer);
  }
  std::erase_if(accesses, [&](const Access& access) {
    return !stored.contains(access.buffer) || collector.allocated.contains(access.buffer);
  });
  const auto extent = constant_of(loop.extent);
  if (accesses.empty() || (extent && *extent <= 1)) return {};
  const Separation separation(program, kernel_body, loop, collector.declared);
  // A conflict with a load is named first: it says more.
  for (const auto kind : {Access::Kind::load, Access::Kind::store}) {
    for (const Access& store : accesses) {
      if (store.kind != Access::Kind::store) continue;
      for (const Access& other : accesses) {
        if (other.kind != kind || other.buffer != store.buffer) continue;
        if (separation.separates(store, other)) continue;
        return Conflict{
            kind == Access::Kind::store ? Conflict::Kind::both_store : Conflict::Kind::one_loads,
            store.buffer, store.indices, other.indices};
      }
    }
  }
  return {};
}

std::optional<Refusal> refuse_conflict(const LoopProgram& program, const Stmt& kernel_body,
                                       const For& loop) {
  const auto conflict = find_conflict(program, kernel_body, loop);
  if (!conflict) return {};
  const Var& var = *as<Var>(loop.var);
  return Refusal{fmt::format("iterations of loop '{}' depend on each other: {}", var.name,
                             describe(program, *conflict)),
                 var.id, "choose a loop over another axis of the result"};
}

}  // namespace tcc::ir

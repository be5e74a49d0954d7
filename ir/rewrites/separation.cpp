// Whether two accesses of a buffer touch different elements in different iterations of a loop.
#include "ir/rewrites/separation.h"

#include <algorithm>

#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

Expr binary(Op op, const Expr& a, const Expr& b) { return make_binary(op, a, b, a->origin); }

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
  explicit Separation(const LoopIterations& iterations)
      : facts_(iterations.program.facts),
        var_(iterations.var),
        id_(as<Var>(var_)->id),
        declared_(iterations.declared),
        around_(iterations.around),
        outer_(iterations.around),
        tile_(make_var(VarId{iterations.program.next_var}, "tile", var_->origin)) {
    outer_.erase(id_);
  }

  bool separates(const LoopAccess& a, const LoopAccess& b) const {
    if (have_own_axis(a, b)) return true;
    Equalities equal;
    for (std::size_t axis = 0; axis < a.indices.size(); ++axis)
      equal.emplace_back(a.indices[axis], b.indices[axis]);
    for (std::size_t pair = 0; pair < equal.size() && equal.size() < max_equalities; ++pair) {
      add_terms(a, b, equal, pair);
      add_tiles(a, b, equal, pair);
      add_dividends(equal, pair);
    }
    // What no iteration changes tells none apart, even where a loop inside never runs.
    return std::any_of(equal.begin(), equal.end(), [&](const auto& pair) {
      return uses_var(pair.first, id_) && (apart_by_step(a, pair.first, b, pair.second) ||
                                           in_tiles(a, pair.first, b, pair.second, var_));
    });
  }

 private:
  struct Linear {
    Expr step, rest;
  };

  /// The variable alone is an index of both on one axis: what most loops look like, without a
  /// proof.
  bool have_own_axis(const LoopAccess& a, const LoopAccess& b) const {
    const auto is_variable = [this](const Expr& index) {
      return as<Var>(index) && as<Var>(index)->id == id_;
    };
    for (std::size_t axis = 0; axis < a.indices.size(); ++axis) {
      if (is_variable(a.indices[axis]) && is_variable(b.indices[axis])) return true;
    }
    return false;
  }

  /// index = step * var + rest, the step the same in every iteration of the loops inside.
  std::optional<Linear> linear(const Expr& index) const {
    const Expr step = simplify(binary(Op::subtract, next(index, var_), index));
    if (uses_var(step, id_) || varies(step)) return {};
    return Linear{step, simplify(substitute(index, {{id_, make_int(0, index->origin)}}))};
  }

  /// `expr` where `var` is one more.
  static Expr next(const Expr& expr, const Expr& var) {
    const Expr one = make_int(1, var->origin);
    return substitute(expr, {{as<Var>(var)->id, binary(Op::add, var, one)}});
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

  std::optional<Expr> magnitude(const Expr& step, const LoopAccess& a, const LoopAccess& b) const {
    const Expr zero = make_int(0, step->origin);
    if (proves(Op::greater, step, zero)) return step;
    if (proves(Op::less, step, zero)) return simplify(binary(Op::subtract, zero, step));
    const bool positive =
        proves(Op::greater_equal, step, zero) &&
        (runs_only_if_not_zero(step, around_) || runs_only_if_not_zero(step, a.inner) ||
         runs_only_if_not_zero(step, b.inner));
    return positive ? std::optional(step) : std::nullopt;
  }

  bool apart_by_step(const LoopAccess& a, const Expr& x, const LoopAccess& b, const Expr& y) const {
    const auto first = linear(x);
    const auto second = linear(y);
    return first && second && same_value(first->step, second->step) &&
           closer_than(first->step, a, first->rest, b, second->rest);
  }

  /// |x - y| < |step|, whatever the loops inside do, and in whatever iterations.
  bool closer_than(const Expr& step, const LoopAccess& a, const Expr& x, const LoopAccess& b,
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

  /// Where `var` differs, x and y do: they lie in tiles that follow each other.
  bool in_tiles(const LoopAccess& a, const Expr& x, const LoopAccess& b, const Expr& y,
                const Expr& var) const {
    return in_order(a, x, b, y, var) && in_order(b, y, a, x, var);
  }

  /// x is below every y of a greater `var`: a guard says x < end(var), the lowest y of the next
  /// one is end(var), and never falls.
  bool in_order(const LoopAccess& a, const Expr& x, const LoopAccess& b, const Expr& y,
                const Expr& var) const {
    const VarId id = as<Var>(var)->id;
    const auto lowest = interval_of(y, b.inner, y->origin);
    if (!lowest || varies(lowest->lowest) || !never_falls(lowest->lowest, id)) return false;
    if (id != id_ && uses_var(lowest->lowest, id_)) return false;
    const Expr first_of_next = next(lowest->lowest, var);
    return std::any_of(a.guards.begin(), a.guards.end(), [&](const Expr& guard) {
      const Binary* less = as<Binary>(guard);
      if (!less || less->op != Op::less || less->lhs->type != ValueType{}) return false;
      const Expr distance = simplify(binary(Op::subtract, x, less->lhs));
      if (uses_var(distance, id) || varies(distance)) return false;
      return same_value(simplify(binary(Op::add, less->rhs, distance)), simplify(first_of_next));
    });
  }

  /// Whether the value grows, or stays, as a variable grows; found from its form.
  bool never_falls(const Expr& expr, VarId id) const {
    if (!uses_var(expr, id)) return true;
    const Binary* node = as<Binary>(expr);
    if (!node) return as<Var>(expr) != nullptr;
    const auto is_positive_factor = [&](const Expr& factor) {
      return !uses_var(factor, id) && is_nonnegative(factor);
    };
    switch (node->op) {
      case Op::add:
      case Op::minimum:
      case Op::maximum: return never_falls(node->lhs, id) && never_falls(node->rhs, id);
      case Op::subtract: return never_falls(node->lhs, id) && !uses_var(node->rhs, id);
      case Op::multiply:
        return (never_falls(node->lhs, id) && is_positive_factor(node->rhs)) ||
               (never_falls(node->rhs, id) && is_positive_factor(node->lhs));
      case Op::floor_divide: return never_falls(node->lhs, id) && is_positive_factor(node->rhs);
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
  void add_terms(const LoopAccess& a, const LoopAccess& b, Equalities& equal,
                 std::size_t pair) const {
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

  /// The same where 11*(f % M) + i is in a tile of its own for each f % M, as a guard says.
  void add_tiles(const LoopAccess& a, const LoopAccess& b, Equalities& equal,
                 std::size_t pair) const {
    const auto [x, y] = equal[pair];
    for (const Expr& first : divisions_in(x)) {
      for (const Expr& second : divisions_in(y)) {
        const Binary& left = *as<Binary>(first);
        const Binary& right = *as<Binary>(second);
        if (left.op != right.op || !same_value(left.rhs, right.rhs)) continue;
        const Expr tile_of_x = replaced(x, first);
        const Expr tile_of_y = replaced(y, second);
        if (uses_var(tile_of_x, id_) || uses_var(tile_of_y, id_)) continue;
        if (in_tiles(replaced(a, first), tile_of_x, replaced(b, second), tile_of_y, tile_)) {
          equal.emplace_back(first, second);
        }
      }
    }
  }

  /// Parts f // M and f % M of an index that differ between iterations, each once.
  std::vector<Expr> divisions_in(const Expr& index) const {
    std::vector<Expr> found;
    for (const Expr& node : post_order(index)) {
      const Binary* division = as<Binary>(node);
      const bool is_part = division && !node.same_as(index) && uses_var(node, id_) &&
                           (division->op == Op::floor_divide || division->op == Op::modulo);
      const bool is_new = std::none_of(found.begin(), found.end(),
                                       [&](const Expr& other) { return same_value(other, node); });
      if (is_part && is_new) found.push_back(node);
    }
    return found;
  }

  /// `expr` with the variable `tile_` in the place of one of its parts.
  Expr replaced(const Expr& expr, const Expr& part) const {
    return rewrite(expr, [&](const Expr& node) {
      return node->type == part->type && same_value(node, part) ? tile_ : node;
    });
  }
  LoopAccess replaced(LoopAccess access, const Expr& part) const {
    for (Expr& guard : access.guards)
      guard = replaced(guard, part);
    return access;
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
  Expr tile_;  ///< a variable that the program does not have
};

}  // namespace

bool touch_different_elements(const LoopIterations& iterations, const LoopAccess& a,
                              const LoopAccess& b) {
  return Separation(iterations).separates(a, b);
}

}  // namespace tcc::ir

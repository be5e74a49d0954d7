// Ranges of expressions: each variable gives way to the ends of its range, the innermost first.
#include "ir/affine/bounds.h"

#include <algorithm>
#include <set>

#include "ir/affine/nonnegative.h"
#include "ir/affine/polynomial.h"
#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

using MaybePolynomial = std::optional<Polynomial>;

enum class Side : std::uint8_t { lowest, highest };

Side other(Side side) { return side == Side::lowest ? Side::highest : Side::lowest; }

/// Whether the ends must be values that the expression has.
enum class Ends : std::uint8_t { taken_on, any };

class Extremes {
 public:
  Extremes(const VarRanges& ranges, const Facts& facts, Ends ends)
      : ranges_(ranges),
        order_(innermost_first(ranges)),
        signs_(ranges, facts_inside(ranges, facts)),
        ends_(ends) {}

  std::optional<Interval> of(const Expr& expr, OriginId origin) {
    const MaybePolynomial value = Polynomial::from(expr);
    const MaybePolynomial lowest = value ? all_of(*value, Side::lowest) : std::nullopt;
    const MaybePolynomial highest = value ? all_of(*value, Side::highest) : std::nullopt;
    if (!lowest || !highest) return {};
    return Interval{lowest->to_expr(origin), highest->to_expr(origin)};
  }

 private:
  MaybePolynomial all_of(Polynomial value, Side side) {
    for (const VarId var : order_) {
      auto without = one_of(value, var, side);
      if (!without) return {};
      value = std::move(*without);
    }
    return value;
  }

  /// The extreme value as one variable runs: what depends on it gives way to its own extreme.
  MaybePolynomial one_of(const Polynomial& value, VarId var, Side side) {
    MaybePolynomial result = value;
    int places = 0;
    for (const auto& [atom, expr] : value.atoms_used()) {
      const bool is_var = atom.variable == var.value;
      if (!is_var && (atom.variable != 0 || !uses_var(expr, var))) continue;
      const auto parts = value.linear_in(atom);
      if (!parts || (++places > 1 && ends_ == Ends::taken_on)) return {};
      const auto is_positive = grows_with(parts->factor, var);
      if (!is_positive) return {};
      const Side own = *is_positive ? side : other(side);
      const MaybePolynomial bound = is_var ? end_of(var, own) : of_atom(expr, var, own);
      result = bound ? result->replace(atom, *bound) : std::nullopt;
      if (!result) return {};
    }
    return result;
  }

  /// The sign of a factor, which must not depend on the variable.
  std::optional<bool> grows_with(const Polynomial& factor, VarId var) {
    for (const auto& [atom, expr] : factor.atoms_used()) {
      if (atom.variable == var.value || (atom.variable == 0 && uses_var(expr, var))) return {};
    }
    if (signs_.prove(factor)) return true;
    const MaybePolynomial negated = Polynomial::add(Polynomial(0), factor, -1);
    return negated && signs_.prove(*negated) ? std::optional(false) : std::nullopt;
  }

  MaybePolynomial end_of(VarId var, Side side) const {
    const VarRange& range = ranges_.at(var);
    const MaybePolynomial begin = Polynomial::from(range.begin);
    if (side == Side::lowest || !begin) return begin;
    const MaybePolynomial extent = Polynomial::from(range.extent);
    const MaybePolynomial end = extent ? Polynomial::add(*begin, *extent, 1) : std::nullopt;
    return end ? Polynomial::add(*end, Polynomial(1), -1) : std::nullopt;
  }

  MaybePolynomial of_atom(const Expr& expr, VarId var, Side side) {
    if (const Select* select = as<Select>(expr)) {
      if (ends_ == Ends::taken_on) return {};
      return of_either(side == Side::lowest ? Op::minimum : Op::maximum, select->if_true,
                       select->if_false, var, side);
    }
    const Binary* binary = as<Binary>(expr);
    if (!binary) return {};
    switch (binary->op) {
      case Op::minimum:
      case Op::maximum:
        if (ends_ == Ends::taken_on && uses_var(binary->lhs, var) && uses_var(binary->rhs, var)) {
          return {};
        }
        return of_either(binary->op, binary->lhs, binary->rhs, var, side);
      case Op::floor_divide: return of_quotient(expr, *binary, var, side);
      case Op::modulo: return of_remainder(expr, *binary, var, side);
      default: return {};
    }
  }

  MaybePolynomial operand(const Expr& expr, VarId var, Side side) {
    const MaybePolynomial value = Polynomial::from(expr);
    return value ? one_of(*value, var, side) : std::nullopt;
  }

  static MaybePolynomial combined(Op op, const MaybePolynomial& a, const MaybePolynomial& b,
                                  OriginId origin) {
    if (!a || !b) return {};
    return Polynomial::from(
        simplify(make_binary(op, a->to_expr(origin), b->to_expr(origin), origin)));
  }

  MaybePolynomial of_either(Op op, const Expr& a, const Expr& b, VarId var, Side side) {
    return combined(op, operand(a, var, side), operand(b, var, side), a->origin);
  }

  /// n // d grows with n where d >= 0.
  MaybePolynomial of_quotient(const Expr& expr, const Binary& division, VarId var, Side side) {
    const MaybePolynomial divisor = Polynomial::from(division.rhs);
    if (!divisor || uses_var(division.rhs, var) || !signs_.prove(*divisor)) return {};
    return combined(Op::floor_divide, operand(division.lhs, var, side), divisor, expr->origin);
  }

  /// n % d for d > 0 grows with n as long as n // d is the same; else it is in 0 .. d - 1.
  MaybePolynomial of_remainder(const Expr& expr, const Binary& division, VarId var, Side side) {
    const MaybePolynomial divisor = Polynomial::from(division.rhs);
    const MaybePolynomial last =
        divisor ? Polynomial::add(*divisor, Polynomial(1), -1) : std::nullopt;
    if (!last || uses_var(division.rhs, var) || !signs_.prove(*last)) return {};
    const MaybePolynomial lowest = operand(division.lhs, var, Side::lowest);
    const MaybePolynomial highest = operand(division.lhs, var, Side::highest);
    const auto first_period = combined(Op::floor_divide, lowest, divisor, expr->origin);
    const auto last_period = combined(Op::floor_divide, highest, divisor, expr->origin);
    const auto periods = first_period && last_period
                             ? Polynomial::add(*last_period, *first_period, -1)
                             : std::nullopt;
    if (periods && periods->constant() == 0) {
      return combined(Op::modulo, side == Side::lowest ? lowest : highest, divisor, expr->origin);
    }
    if (ends_ == Ends::taken_on) return {};
    return side == Side::lowest ? Polynomial(0) : last;
  }

  const VarRanges& ranges_;
  std::vector<VarId> order_;
  NonnegativeProver signs_;
  Ends ends_;
};

bool depends_on(const VarRange& range, VarId var) {
  return uses_var(range.begin, var) || uses_var(range.extent, var);
}

}  // namespace

std::vector<VarId> innermost_first(const VarRanges& ranges) {
  std::vector<VarId> order;
  std::set<VarId> left;
  for (const auto& [var, range] : ranges)
    left.insert(var);
  while (!left.empty()) {
    const auto is_innermost = [&](VarId var) {
      return std::none_of(left.begin(), left.end(), [&](VarId other) {
        return other != var && depends_on(ranges.at(other), var);
      });
    };
    const auto next = std::find_if(left.rbegin(), left.rend(), is_innermost);
    if (next == left.rend()) break;
    order.push_back(*next);
    left.erase(*next);
  }
  return order;
}

std::optional<Interval> interval_of(const Expr& expr, const VarRanges& ranges, OriginId origin,
                                    const Facts& facts) {
  return Extremes(ranges, facts, Ends::taken_on).of(expr, origin);
}

std::optional<Interval> bounds_of(const Expr& expr, const VarRanges& ranges, OriginId origin,
                                  const Facts& facts) {
  return Extremes(ranges, facts, Ends::any).of(expr, origin);
}

VarRanges ranges_around(const Stmt& kernel_body, VarId var) {
  VarRanges ranges;
  // Depth-first; the path to the loop is what is left on the stack when it is found.
  std::function<bool(const Stmt&)> find = [&](const Stmt& stmt) {
    if (const For* loop = as<For>(stmt)) {
      const VarId id = as<Var>(loop->var)->id;
      if (id != var && !find(loop->body)) return false;
      ranges.emplace(id, VarRange{loop->begin, loop->extent});
      return true;
    }
    if (const If* guard = as<If>(stmt)) return find(guard->body);
    if (const Block* block = as<Block>(stmt)) {
      return std::any_of(block->statements.begin(), block->statements.end(), find);
    }
    return false;
  };
  find(kernel_body);
  return ranges;
}

}  // namespace tcc::ir

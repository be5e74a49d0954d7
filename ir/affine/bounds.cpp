// Ranges of linear expressions by elimination of variables.
#include "ir/affine/bounds.h"

#include <algorithm>

#include "ir/affine/polynomial.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

enum class Side : std::uint8_t { lowest, highest };

/// The last value of a range, as a polynomial: begin + extent - 1.
std::optional<Polynomial> last_of(const VarRange& range) {
  auto begin = Polynomial::from(range.begin);
  auto extent = Polynomial::from(range.extent);
  if (!begin || !extent) return {};
  auto end = Polynomial::add(*begin, *extent, 1);
  return end ? Polynomial::add(*end, Polynomial(1), -1) : std::nullopt;
}

std::optional<Polynomial> replace_linear(const Polynomial& value, VarId var,
                                         std::int64_t coefficient, const Polynomial& by) {
  auto variable = Polynomial::from(make_var(var, "", OriginId{}));
  auto removed = Polynomial::add(value, *variable, -coefficient);
  return removed ? Polynomial::add(*removed, by, coefficient) : std::nullopt;
}

/// The extreme value of `value` as all variables of `ranges` run. A range may depend on other
/// variables of `ranges`; loops nest, so each round removes at least the innermost one.
std::optional<Polynomial> eliminate(Polynomial value, const VarRanges& ranges, Side side) {
  for (std::size_t round = 0; round <= ranges.size(); ++round) {
    bool changed = false;
    for (const auto& [var, range] : ranges) {
      auto coefficient = value.coefficient(var);
      if (!coefficient) return {};
      if (*coefficient == 0) continue;
      const bool at_begin = (*coefficient > 0) == (side == Side::lowest);
      auto bound = at_begin ? Polynomial::from(range.begin) : last_of(range);
      if (!bound) return {};
      auto replaced = replace_linear(value, var, *coefficient, *bound);
      if (!replaced) return {};
      value = std::move(*replaced);
      changed = true;
    }
    if (!changed) return value;
  }
  return {};
}

}  // namespace

std::optional<Interval> interval_of(const Expr& expr, const VarRanges& ranges, OriginId origin) {
  auto value = Polynomial::from(expr);
  if (!value) return {};
  auto lowest = eliminate(*value, ranges, Side::lowest);
  auto highest = eliminate(*value, ranges, Side::highest);
  if (!lowest || !highest) return {};
  return Interval{lowest->to_expr(origin), highest->to_expr(origin)};
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

// Ranges of linear expressions by elimination of variables, and proofs from them.
#include "ir/affine/bounds.h"

#include <algorithm>

#include "ir/affine/polynomial.h"
#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
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

/// value >= 0 for all sizes that the facts allow: write each size as minimum + rest, rest >= 0,
/// and look for a negative coefficient.
bool is_nonnegative(const Polynomial& value, const Facts& facts) {
  std::optional<Polynomial> shifted = value;
  for (const SizeFact& fact : facts.sizes) {
    if (fact.minimum == 0) continue;
    auto coefficient = shifted->coefficient(fact.var);
    if (!coefficient || *coefficient == 0) continue;
    std::int64_t offset = 0;
    if (__builtin_mul_overflow(*coefficient, fact.minimum, &offset)) return false;
    shifted = Polynomial::add(*shifted, Polynomial(offset), 1);
    if (!shifted) return false;
  }
  for (const auto& [monomial, coefficient] : shifted->terms()) {
    if (coefficient < 0) return false;
    for (const auto& atom : monomial) {
      if (atom.variable == 0) return false;  // an opaque atom may be negative
      const bool is_size = std::any_of(facts.sizes.begin(), facts.sizes.end(),
                                       [&](auto& fact) { return fact.var.value == atom.variable; });
      if (!is_size) return false;
    }
  }
  return true;
}

Verdict prove_nonnegative(const std::optional<Polynomial>& value, const VarRanges& ranges,
                          const Facts& facts) {
  if (!value) return Verdict::unknown;
  auto lowest = eliminate(*value, ranges, Side::lowest);
  if (!lowest) return Verdict::unknown;
  if (is_nonnegative(*lowest, facts)) return Verdict::proven;
  auto constant = lowest->constant();
  return constant && *constant < 0 ? Verdict::refuted : Verdict::unknown;
}

Verdict both(Verdict a, Verdict b) {
  if (a == Verdict::refuted || b == Verdict::refuted) return Verdict::refuted;
  return a == Verdict::proven && b == Verdict::proven ? Verdict::proven : Verdict::unknown;
}

/// lhs - rhs + offset
std::optional<Polynomial> difference(const Expr& lhs, const Expr& rhs, std::int64_t offset) {
  auto left = Polynomial::from(lhs);
  auto right = Polynomial::from(rhs);
  if (!left || !right) return {};
  auto result = Polynomial::add(*left, *right, -1);
  return result ? Polynomial::add(*result, Polynomial(offset), 1) : std::nullopt;
}

/// What the facts say of sizes, as expressions: a size of which both bounds agree is that number;
/// one that is a multiple of 4 is 4 times another, which takes its variable's place.
Substitution known_sizes(const Facts& facts) {
  Substitution known;
  for (const SizeFact& fact : facts.sizes) {
    if (fact.maximum == fact.minimum) known[fact.var] = make_int(fact.minimum, OriginId{});
    if (fact.maximum == fact.minimum || fact.divisor <= 1) continue;
    known[fact.var] = make_binary(Op::multiply, make_var(fact.var, "", OriginId{}),
                                  make_int(fact.divisor, OriginId{}), OriginId{});
  }
  return known;
}

/// The facts of the sizes that known_sizes() puts in place of others.
Facts facts_of_quotients(Facts facts) {
  for (SizeFact& fact : facts.sizes) {
    if (fact.divisor <= 1) continue;
    fact.minimum = fact.minimum / fact.divisor + (fact.minimum % fact.divisor > 0 ? 1 : 0);
    if (fact.maximum) *fact.maximum /= fact.divisor;
    fact.divisor = 1;
  }
  return facts;
}

Verdict prove_plainly(const Expr& condition, const VarRanges& ranges, const Facts& facts) {
  if (auto value = constant_of(condition)) return *value ? Verdict::proven : Verdict::refuted;
  const Binary* binary = as<Binary>(condition);
  if (!binary) return Verdict::unknown;
  if (binary->op == Op::logical_and) {
    return both(prove_plainly(binary->lhs, ranges, facts),
                prove_plainly(binary->rhs, ranges, facts));
  }
  if (binary->lhs->type != ValueType{DType::i64, 1}) return Verdict::unknown;
  auto at_least_zero = [&](const Expr& a, const Expr& b, std::int64_t offset) {
    return prove_nonnegative(difference(a, b, offset), ranges, facts);
  };
  switch (binary->op) {
    case Op::less: return at_least_zero(binary->rhs, binary->lhs, -1);
    case Op::less_equal: return at_least_zero(binary->rhs, binary->lhs, 0);
    case Op::greater: return at_least_zero(binary->lhs, binary->rhs, -1);
    case Op::greater_equal: return at_least_zero(binary->lhs, binary->rhs, 0);
    case Op::equal:
      return both(at_least_zero(binary->lhs, binary->rhs, 0),
                  at_least_zero(binary->rhs, binary->lhs, 0));
    default: return Verdict::unknown;
  }
}

}  // namespace

Verdict prove(const Expr& condition, const VarRanges& ranges, const Facts& facts) {
  const Substitution known = known_sizes(facts);
  if (known.empty()) return prove_plainly(condition, ranges, facts);
  const auto rewritten = [&](const Expr& expr) { return simplify(substitute(expr, known)); };
  VarRanges known_ranges;
  for (const auto& [var, range] : ranges)
    known_ranges[var] = {rewritten(range.begin), rewritten(range.extent)};
  return prove_plainly(rewritten(condition), known_ranges, facts_of_quotients(facts));
}

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

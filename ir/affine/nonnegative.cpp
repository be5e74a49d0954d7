// Bounds in place of what varies, until the signs of the coefficients decide.
#include "ir/affine/nonnegative.h"

#include <utility>

#include <fmt/format.h>

#include "ir/printer.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr int max_steps = 200;
constexpr int max_depth = 24;

using Atom = Polynomial::Atom;
using Linear = Polynomial::Linear;
using MaybePolynomial = std::optional<Polynomial>;

Atom atom_of(VarId var) { return {var.value, ""}; }

std::string text_of(const Polynomial& value) { return print(value.to_expr(OriginId{})); }

MaybePolynomial plus(const MaybePolynomial& a, const MaybePolynomial& b, std::int64_t scale = 1) {
  return a && b ? Polynomial::add(*a, *b, scale) : std::nullopt;
}

MaybePolynomial times(const MaybePolynomial& a, const MaybePolynomial& b) {
  return a && b ? Polynomial::multiply(*a, *b) : std::nullopt;
}

/// The last value of a range: begin + extent - 1.
MaybePolynomial last_of(const VarRange& range) {
  return plus(plus(Polynomial::from(range.begin), Polynomial::from(range.extent)), Polynomial(1),
              -1);
}

}  // namespace

NonnegativeProver::NonnegativeProver(const VarRanges& ranges, const Facts& facts)
    : ranges_(ranges), innermost_first_(innermost_first(ranges)) {
  for (const SizeFact& fact : facts.sizes)
    sizes_.emplace(fact.var, fact);
}

bool NonnegativeProver::prove(const Polynomial& value, std::vector<std::string>* reasons) {
  std::vector<std::string> found;
  reasons_ = reasons ? &found : nullptr;
  steps_left_ = max_steps;
  const bool holds = at_least_zero(value, max_depth);
  if (holds && reasons) reasons->insert(reasons->end(), found.begin(), found.end());
  return holds;
}

/// Keeps a reason where the proof that rests on it is found.
bool NonnegativeProver::because(std::string reason, bool holds) {
  if (holds && reasons_ && !reason.empty()) reasons_->insert(reasons_->begin(), std::move(reason));
  return holds;
}

/// value >= 0 by its signs alone: each size is its least value and a rest, which is not negative.
bool NonnegativeProver::has_no_negative_part(const Polynomial& value) const {
  MaybePolynomial shifted = value;
  for (const auto& [var, fact] : sizes_) {
    if (fact.minimum == 0) continue;
    const MaybePolynomial size = Polynomial::from(make_var(var, "", OriginId{}));
    shifted = shifted->replace(atom_of(var), *plus(size, Polynomial(fact.minimum)));
    if (!shifted) return false;
  }
  for (const auto& [monomial, coefficient] : shifted->terms()) {
    if (coefficient < 0) return false;
    for (const Atom& atom : monomial) {
      if (!sizes_.contains(VarId{atom.variable})) return false;
    }
  }
  return true;
}

NonnegativeProver::Sign NonnegativeProver::sign_of(const Polynomial& value, int depth) {
  if (const auto constant = value.constant())
    return *constant >= 0 ? Sign::nonnegative : Sign::nonpositive;
  std::vector<std::string>* const reasons = std::exchange(reasons_, nullptr);
  const MaybePolynomial negated = Polynomial::add(Polynomial(0), value, -1);
  Sign sign = Sign::unknown;
  if (at_least_zero(value, depth)) {
    sign = Sign::nonnegative;
  } else if (negated && at_least_zero(*negated, depth)) {
    sign = Sign::nonpositive;
  }
  reasons_ = reasons;
  return sign;
}

bool NonnegativeProver::at_least_zero(const Polynomial& value, int depth) {
  if (has_no_negative_part(value)) {
    return because(value.constant() ? "" : text_of(value) + " >= 0", true);
  }
  if (depth == 0 || steps_left_ <= 0 || value.constant()) return false;
  --steps_left_;
  bool is_step = false;
  if (by_variable(value, depth - 1, is_step)) return true;
  if (is_step) return false;  // its bound is all that is known of a variable
  for (const auto& [atom, expr] : value.atoms_used()) {
    if (atom.variable == 0 && by_atom(value, atom, expr, depth - 1)) return true;
  }
  return by_largest_sizes(value, depth - 1);
}

/// The innermost loop variable that stands in no atom gives way to an end of its range.
bool NonnegativeProver::by_variable(const Polynomial& value, int depth, bool& is_step) {
  for (const VarId var : innermost_first_) {
    const auto parts = value.linear_in(atom_of(var));
    if (!parts || parts->factor.constant() == 0 || value.has_inside_atom(var)) continue;
    const Sign sign = sign_of(parts->factor, depth);
    if (sign == Sign::unknown) continue;
    is_step = true;
    const VarRange& range = ranges_.at(var);
    const bool at_begin = sign == Sign::nonnegative;
    const MaybePolynomial bound = at_begin ? Polynomial::from(range.begin) : last_of(range);
    const MaybePolynomial bounded = bound ? value.replace(atom_of(var), *bound) : std::nullopt;
    if (!bounded) return false;
    if (!at_least_zero(*bounded, depth)) return false;
    const Expr name = value.expr_of(atom_of(var));
    return because(fmt::format("{} {} {}", print(name), at_begin ? ">=" : "<=", text_of(*bound)),
                   true);
  }
  return false;
}

bool NonnegativeProver::by_atom(const Polynomial& value, const Atom& atom, const Expr& expr,
                                int depth) {
  const auto parts = value.linear_in(atom);
  if (!parts) return false;
  if (as<Select>(expr)) return by_choice(*parts, expr, depth);
  const Binary* binary = as<Binary>(expr);
  if (!binary) return false;
  switch (binary->op) {
    case Op::floor_divide: return by_quotient(*parts, expr, depth);
    case Op::modulo: return by_remainder(*parts, expr, depth);
    case Op::minimum:
    case Op::maximum: return by_choice(*parts, expr, depth);
    default: return false;
  }
}

/// factor * bound + rest >= 0
bool NonnegativeProver::with(const Linear& parts, const Polynomial& bound, int depth) {
  const MaybePolynomial value = plus(times(parts.factor, bound), parts.rest);
  return value && at_least_zero(*value, depth);
}

/// d * (n // d) lies in n - d + 1 .. n for d > 0; and v >= 0 if d * (v + 1) - 1 >= 0, since v is
/// a whole number.
bool NonnegativeProver::by_quotient(const Linear& parts, const Expr& expr, int depth) {
  const Binary& division = *as<Binary>(expr);
  const MaybePolynomial numerator = Polynomial::from(division.lhs);
  const MaybePolynomial divisor = Polynomial::from(division.rhs);
  const Sign sign = sign_of(parts.factor, depth);
  const MaybePolynomial above_zero = plus(divisor, Polynomial(1), -1);
  if (!numerator || !above_zero || sign == Sign::unknown) return false;
  if (sign_of(*above_zero, depth) != Sign::nonnegative) return false;
  const bool is_lower = sign == Sign::nonnegative;
  const MaybePolynomial multiple = is_lower ? plus(numerator, above_zero, -1) : numerator;
  const MaybePolynomial rest = times(plus(parts.rest, Polynomial(1)), divisor);
  const MaybePolynomial scaled = plus(plus(times(parts.factor, multiple), rest), Polynomial(1), -1);
  if (!scaled || !at_least_zero(*scaled, depth)) return false;
  return because(fmt::format("{} * {} {} {}", print(expr), print(division.rhs),
                             is_lower ? ">=" : "<=", text_of(*multiple)),
                 true);
}

/// 0 <= n % d <= d - 1 for d > 0, and n % d <= n where n >= 0.
bool NonnegativeProver::by_remainder(const Linear& parts, const Expr& expr, int depth) {
  const Binary& division = *as<Binary>(expr);
  const MaybePolynomial divisor = Polynomial::from(division.rhs);
  const Sign sign = sign_of(parts.factor, depth);
  if (!divisor || sign == Sign::unknown) return false;
  if (sign == Sign::nonnegative) {
    if (sign_of(*divisor, depth) != Sign::nonnegative) return false;
    return with(parts, Polynomial(0), depth) && because(print(expr) + " >= 0", true);
  }
  const MaybePolynomial last = plus(divisor, Polynomial(1), -1);
  if (!last || sign_of(*last, depth) != Sign::nonnegative) return false;
  if (with(parts, *last, depth)) {
    return because(fmt::format("{} <= {}", print(expr), text_of(*last)), true);
  }
  const MaybePolynomial number = Polynomial::from(division.lhs);
  if (!number || sign_of(*number, depth) != Sign::nonnegative) return false;
  return with(parts, *number, depth) &&
         because(fmt::format("{} <= {}", print(expr), text_of(*number)), true);
}

/// A minimum is one of its operands, and at most each of them.
bool NonnegativeProver::by_choice(const Linear& parts, const Expr& expr, int depth) {
  const Binary* binary = as<Binary>(expr);
  const Select* select = as<Select>(expr);
  const MaybePolynomial a = Polynomial::from(select ? select->if_true : binary->lhs);
  const MaybePolynomial b = Polynomial::from(select ? select->if_false : binary->rhs);
  if (!a || !b) return false;
  const Sign sign = sign_of(parts.factor, depth);
  const bool either =
      binary && sign != Sign::unknown && (sign == Sign::nonpositive) == (binary->op == Op::minimum);
  if (!either) {
    return with(parts, *a, depth) && with(parts, *b, depth) &&
           because(fmt::format("{} is {} or {}", print(expr), text_of(*a), text_of(*b)), true);
  }
  const std::string_view relation = binary->op == Op::minimum ? "<=" : ">=";
  for (const MaybePolynomial& operand : {a, b}) {
    if (!with(parts, *operand, depth)) continue;
    return because(fmt::format("{} {} {}", print(expr), relation, text_of(*operand)), true);
  }
  return false;
}

/// A size that only takes away is at most its largest value.
bool NonnegativeProver::by_largest_sizes(const Polynomial& value, int depth) {
  for (const auto& [var, fact] : sizes_) {
    if (!fact.maximum || value.has_inside_atom(var)) continue;
    const auto parts = value.linear_in(atom_of(var));
    if (!parts || parts->factor.constant() == 0) continue;
    if (sign_of(parts->factor, depth) != Sign::nonpositive) continue;
    return with(*parts, Polynomial(*fact.maximum), depth) &&
           because(fmt::format("{} <= {}", print(value.expr_of(atom_of(var))), *fact.maximum),
                   true);
  }
  return false;
}

}  // namespace tcc::ir

// Backtracking by continuations: each match goes on to what is still to be matched.
#include "ir/affine/match.h"

#include <algorithm>
#include <numeric>

#include "ir/affine/simplify.h"

namespace tcc::ir {

namespace {

constexpr ValueType scalar_i64 = {DType::i64, 1};
constexpr ValueType scalar_bool = {DType::boolean, 1};
constexpr int max_compared_depth = 16;

bool is_commutative(Op op) {
  return op == Op::minimum || op == Op::maximum || op == Op::logical_and || op == Op::logical_or ||
         op == Op::equal || op == Op::not_equal;
}

bool is_same_text(const Expr& a, const Expr& b, int depth) {
  if (a.same_as(b)) return true;
  if (depth == 0 || a->type != b->type || a->value.index() != b->value.index()) return false;
  const auto same = [depth](const Expr& x, const Expr& y) { return is_same_text(x, y, depth - 1); };
  if (const IntImm* number = as<IntImm>(a)) return number->value == as<IntImm>(b)->value;
  if (const Var* var = as<Var>(a)) return var->id == as<Var>(b)->id;
  if (const Unary* unary = as<Unary>(a)) {
    return unary->op == as<Unary>(b)->op && same(unary->operand, as<Unary>(b)->operand);
  }
  if (const Binary* binary = as<Binary>(a)) {
    const Binary& other = *as<Binary>(b);
    return binary->op == other.op && same(binary->lhs, other.lhs) && same(binary->rhs, other.rhs);
  }
  return false;
}

bool is_sum(const Expr& pattern) {
  const Binary* binary = as<Binary>(pattern);
  return binary && binary->op == Op::add && pattern->type == scalar_i64;
}

}  // namespace

Op mirrored(Op op) {
  switch (op) {
    case Op::less: return Op::greater;
    case Op::less_equal: return Op::greater_equal;
    case Op::greater: return Op::less;
    case Op::greater_equal: return Op::less_equal;
    default: return op;
  }
}

bool is_equal(const Expr& a, const Expr& b) {
  if (is_same_text(a, b, max_compared_depth)) return true;
  return a->type == scalar_i64 && b->type == scalar_i64 && same_value(a, b);
}

bool Matcher::find(const Expr& pattern, const Expr& expr, const Accept& accept) {
  bindings_ = {};
  return match(pattern, expr, [&] { return accept(bindings_); });
}

bool Matcher::match(const Expr& pattern, const Expr& expr, const Next& next) {
  if (const Var* var = as<Var>(pattern)) return match_variable(*var, expr, next);
  if (const IntImm* number = as<IntImm>(pattern)) {
    const IntImm* own = as<IntImm>(expr);
    return own && expr->type == pattern->type && own->value == number->value && next();
  }
  if (const Unary* unary = as<Unary>(pattern)) {
    const Unary* own = as<Unary>(expr);
    return own && own->op == unary->op && match(unary->operand, own->operand, next);
  }
  if (const Select* select = as<Select>(pattern)) {
    const Select* own = as<Select>(expr);
    return own && expr->type == scalar_i64 && match(select->condition, own->condition, [&] {
             return match(select->if_true, own->if_true,
                          [&] { return match(select->if_false, own->if_false, next); });
           });
  }
  return match_binary(*as<Binary>(pattern), expr, next);
}

bool Matcher::match_variable(const Var& pattern, const Expr& expr, const Next& next) {
  const PatternKind kind = kind_of_pattern(pattern);
  if (expr->type != (kind == PatternKind::truth ? scalar_bool : scalar_i64)) return false;
  if (kind == PatternKind::number && !as<IntImm>(expr)) return false;
  Expr& bound = bindings_[pattern.id.value];
  if (bound) return is_equal(bound, expr) && next();
  bound = expr;
  if (next()) return true;
  bindings_[pattern.id.value] = Expr();
  return false;
}

bool Matcher::match_binary(const Binary& pattern, const Expr& expr, const Next& next) {
  if (pattern.op == Op::add) return match_sum(pattern, expr, next);
  const Binary* own = as<Binary>(expr);
  if (!own || own->lhs->type.is_vector()) return false;
  if (own->op == pattern.op && match_operands(pattern, own->lhs, own->rhs, next)) return true;
  const bool exchanges = is_commutative(pattern.op)
                             ? own->op == pattern.op
                             : mirrored(own->op) == pattern.op && own->op != pattern.op;
  return exchanges && match_operands(pattern, own->rhs, own->lhs, next);
}

/// A sum is matched last: by then its factor is known, if it is anywhere else.
bool Matcher::match_operands(const Binary& pattern, const Expr& lhs, const Expr& rhs,
                             const Next& next) {
  if (is_sum(pattern.lhs)) {
    return match(pattern.rhs, rhs, [&] { return match(pattern.lhs, lhs, next); });
  }
  return match(pattern.lhs, lhs, [&] { return match(pattern.rhs, rhs, next); });
}

std::vector<std::int64_t> Matcher::factors_to_try(const Expr& factor, const Polynomial& sum) const {
  if (const Expr& bound = bindings_[as<Var>(factor)->id.value]) return {*constant_of(bound)};
  std::vector<std::int64_t> factors;
  const auto try_factor = [&](std::int64_t value) {
    if (value > 1 && std::find(factors.begin(), factors.end(), value) == factors.end())
      factors.push_back(value);
  };
  for (const auto& [monomial, coefficient] : sum.terms()) {
    if (monomial.empty() || coefficient == INT64_MIN) continue;
    try_factor(std::abs(coefficient));
    for (const Expr& bound : bindings_) {
      const auto number = bound ? constant_of(bound) : std::nullopt;
      if (number && *number != INT64_MIN) try_factor(std::gcd(coefficient, *number));
    }
  }
  std::sort(factors.rbegin(), factors.rend());
  return factors;
}

bool Matcher::match_sum(const Binary& pattern, const Expr& expr, const Next& next) {
  if (expr->type != scalar_i64) return false;
  const Binary* product = as<Binary>(pattern.lhs);
  const auto sum = Polynomial::from(expr);
  if (!product || !sum) return false;
  if (product->op != Op::multiply) return match_addend(pattern, *sum, expr->origin, next);
  const Var& factor = *as<Var>(product->rhs);
  if (kind_of_pattern(factor) == PatternKind::number) {
    for (const std::int64_t value : factors_to_try(product->rhs, *sum)) {
      const auto split = sum->split_by(value);
      if (!split) continue;
      const Expr number = make_int(value, expr->origin);
      const bool found = match_variable(factor, number, [&] {
        return match_split(*product, pattern.rhs, *split, expr->origin, next);
      });
      if (found) return true;
    }
    return false;
  }
  const Expr& bound = bindings_[factor.id.value];
  const auto divisor = bound ? Polynomial::from(bound) : std::nullopt;
  if (!divisor || divisor->terms().size() != 1) return false;
  const auto& [monomial, coefficient] = *divisor->terms().begin();
  if (monomial.empty() || coefficient != 1) return false;
  const auto split = sum->split_by(monomial);
  return split && match_split(*product, pattern.rhs, *split, expr->origin, next);
}

/// One quotient, once, and the rest, which is not nothing.
bool Matcher::match_addend(const Binary& pattern, const Polynomial& sum, OriginId origin,
                           const Next& next) {
  if (sum.terms().size() < 2) return false;
  for (const auto& [atom, expr] : sum.atoms_used()) {
    const auto parts = atom.variable == 0 ? sum.linear_in(atom) : std::nullopt;
    if (!parts || parts->factor.constant() != 1) continue;
    const Expr rest = parts->rest.to_expr(origin);
    if (match(pattern.lhs, expr, [&] { return match(pattern.rhs, rest, next); })) return true;
  }
  return false;
}

bool Matcher::match_split(const Binary& product, const Expr& rest, const Polynomial::Split& split,
                          OriginId origin, const Next& next) {
  if (split.quotient.constant() == 0) return false;
  return match(product.lhs, split.quotient.to_expr(origin),
               [&] { return match(rest, split.rest.to_expr(origin), next); });
}

}  // namespace tcc::ir

// Conditions of guards: their conjuncts, and which follow from others.
#include "ir/passes/conditions.h"

#include <algorithm>

#include "ir/affine/simplify.h"
#include "ir/visit.h"

namespace tcc::ir {

Expr conjunction(std::span<const Expr> conjuncts) {
  Expr all;
  for (const Expr& one : conjuncts)
    all = all ? make_binary(Op::logical_and, all, one, all->origin) : one;
  return all;
}

bool is_proven(const Expr& condition, const VarRanges& ranges, const Facts& facts) {
  return prove(condition, ranges, facts) == Verdict::proven;
}

std::optional<Inequality> as_inequality(const Expr& condition) {
  const Binary* binary = as<Binary>(condition);
  if (!binary || binary->lhs->type != ValueType{}) return {};
  const auto plus_one = [&](const Expr& value) {
    return make_binary(Op::add, value, make_int(1, value->origin), value->origin);
  };
  switch (binary->op) {
    case Op::less: return Inequality{plus_one(binary->lhs), binary->rhs};
    case Op::less_equal: return Inequality{binary->lhs, binary->rhs};
    case Op::greater: return Inequality{plus_one(binary->rhs), binary->lhs};
    case Op::greater_equal: return Inequality{binary->rhs, binary->lhs};
    default: return {};
  }
}

namespace {

bool is_same_condition(const Expr& a, const Expr& b) {
  if (a.same_as(b)) return true;
  const Binary* left = as<Binary>(a);
  const Binary* right = as<Binary>(b);
  return left && right && left->op == right->op && left->lhs->type == ValueType{} &&
         right->lhs->type == ValueType{} && same_value(left->lhs, right->lhs) &&
         same_value(left->rhs, right->rhs);
}

Expr difference(const Inequality& inequality) {
  return make_binary(Op::subtract, inequality.larger, inequality.smaller,
                     inequality.larger->origin);
}

}  // namespace

bool follows(const Expr& condition, std::span<const Expr> known, const VarRanges& ranges,
             const Facts& facts) {
  if (is_proven(condition, ranges, facts)) return true;
  const auto wanted = as_inequality(condition);
  return std::any_of(known.begin(), known.end(), [&](const Expr& one) {
    if (is_same_condition(one, condition)) return true;
    const auto given = wanted ? as_inequality(one) : std::nullopt;
    if (!given) return false;
    // 0 <= given, and given <= wanted
    return is_proven(
        make_binary(Op::less_equal, difference(*given), difference(*wanted), condition->origin),
        ranges, facts);
  });
}

}  // namespace tcc::ir

// Reducers as typed values.
#pragma once

#include "ir/expr.h"

namespace tcc::ir {

/// An associative, commutative combination with an identity, of one or several components:
/// combine[c] is an expression over the variables left[0..n) and right[0..n).
struct Reducer {
  std::string name;
  std::vector<Expr> identity;
  std::vector<Expr> left, right;
  std::vector<Expr> combine;
};

/// sum: 0, left + right; prod: 1, left * right; max: -inf, maximum(left, right); min: inf.
/// any: false, or; all: true, and. The identity of max and min of integers is the type's smallest
/// and largest value.
Reducer make_reducer(ReducerKind kind, DType dtype, OriginId origin);

/// combine[component] with values for left and right.
Expr combine(const Reducer& reducer, std::size_t component, std::span<const Expr> left,
             std::span<const Expr> right);

}  // namespace tcc::ir

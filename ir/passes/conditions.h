// Conditions of guards: their conjuncts, and which follow from others.
#pragma once

#include <span>
#include <vector>

#include "ir/affine/prove.h"

namespace tcc::ir {

/// `a and b and c`; null for none.
Expr conjunction(std::span<const Expr> conjuncts);

/// A comparison of i64 scalars as `smaller <= larger`; nothing for what is none.
struct Inequality {
  Expr smaller, larger;
};
std::optional<Inequality> as_inequality(const Expr& condition);

/// Whether `condition` holds wherever it stands.
bool is_proven(const Expr& condition, const VarRanges& ranges, const Facts& facts);

/// Whether `condition` is proven: by the ranges and facts alone, or by one of `known`, which hold:
/// `a < b` says `a + 1 < b + 1`, and `a < b - 1`'s failure says nothing.
bool follows(const Expr& condition, std::span<const Expr> known, const VarRanges& ranges,
             const Facts& facts);

}  // namespace tcc::ir

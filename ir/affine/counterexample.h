// Sizes and loop variables for which a condition is false: why a guard stays.
#pragma once

#include <string>
#include <vector>

#include "ir/affine/bounds.h"

namespace tcc::ir {

/// Values for which a condition is false, sizes first, then loops from the outermost inwards; only
/// of what the condition depends on.
struct Counterexample {
  struct Value {
    Expr variable;
    std::int64_t value;
  };
  std::vector<Value> values;
};

/// "M = 1, i.o = 0, i.i = 3", variables by their hints.
std::string print(const Counterexample& example);

/// Values that are allowed by the facts, the ranges and the assumptions and refute the condition.
/// Searches small sizes that the facts allow and loop variables at and beside the ends of their
/// ranges, the simplest first: at most 2000 evaluations. What is found satisfies all ranges, those
/// of loops that the condition does not mention included, so the condition is refuted. Nothing is
/// found where none is, or where conditions depend on memory or on variables of no range.
std::optional<Counterexample> counterexample(const Expr& condition, const VarRanges& ranges,
                                             const Facts& facts,
                                             const std::vector<Expr>& assumptions = {});

}  // namespace tcc::ir

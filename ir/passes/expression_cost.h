// What an expression costs that is computed again, for passes that keep values in variables.
#pragma once

#include "ir/expr.h"

namespace tcc::ir {

/// Roughly in cycles of the node alone, without its operands: 0 for variables, numbers and what
/// the code generator folds into an address (sums of indices, ramps, broadcasts).
int cost_of(const Expr& node);

/// From here on a value is worth a register: a division, a load, a call, two float operations.
inline constexpr int worth_a_variable = 4;

}  // namespace tcc::ir

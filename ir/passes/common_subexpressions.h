// What is computed twice is kept in a variable.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   y[i] = exp(x[i] + 1.0)
///           z[i] = exp(x[i] + 1.0) * 2.0
/// After:    let t = exp(x[i] + 1.0)
///           y[i] = t
///           z[i] = t * 2.0
///           - Equal are nodes of the same operation on equal operands, found by numbering values
///             (Cocke and Schwartz 1970): loads too, where no statement between them stores to
///             their buffer. Nodes that are shared within one statement are computed once anyway.
///           - A value is bound before the first statement that computes it, and known in the rest
///             of that block and inside it. Of two guarded copies of a loop neither knows the
///             other's.
///           - Only what costs more than a register (ir/passes/expression_cost.h): a call, a
///             division, a load with arithmetic. Sums of indices stay where they are read.
///           - A let of a value that a variable has already is removed.
/// Requires: contractions are done.  Ensures: nothing that other passes need.
LoopProgram common_subexpressions(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

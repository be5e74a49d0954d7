// What a loop computes alike in each iteration is computed before it.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   for i in 0:N { y[i] = x[i] / sqrt(s[0] + 1.0) }
/// After:    if N > 0 { let t = sqrt(s[0] + 1.0); for i in 0:N { y[i] = x[i] / t } }
///           - What moves is the largest part of an expression that uses no variable of the loop
///           and
///             reads no buffer that the loop stores to, where it costs more than a register
///             (ir/passes/expression_cost.h): calls, divisions, loads, chains of float operations.
///           - A let whose value moves does so with its name.
///           - Only what each iteration computes, first of all: nothing from under a guard, or from
///             a loop that may have no iterations; no load from behind an Assert, which may be what
///             keeps it inside its buffer.
///           - A loop that is not known to have an iteration stands under the test that it has one,
///             with what moved before it; the test moves out of further loops as guards do.
///           The operations are the same, so every bit is.
/// Where:    serial and unrolled loops. What a parallel loop's iterations share would have to be
///           passed to each thread.
/// Requires: vector loops and contractions are done: what is bound is no part of a fused
///           multiply-add any more.  Ensures: nothing that other passes need.
LoopProgram hoist_invariants(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

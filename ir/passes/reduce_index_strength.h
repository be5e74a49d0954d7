// Quotients and remainders of loop variables without a division for each element.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   for f in 0:N * M { y[f] = x[f % M, f // M] }
/// After:    for f.q in 0:N { for f.r in 0:M { y[f.q * M + f.r] = x[f.r, f.q] } }
///           The same order. Where the extent is a multiple of the divisor, as `fuse`, a reshape
///           and a transpose make it; a parallel loop's outer one is parallel.
///
/// Before:   vector for v in 0:8 { y[b + v] = x[(b + v) % M, (b + v) // M] }
/// After:    let q = b // M, let r = b % M
///           if r + 7 < M { vector for v in 0:8 { y[b + v] = x[r + v, q] } }
///           if not r + 7 < M { as before }
///           Eight lanes in one row have one quotient, and remainders that count: two divisions
///           in place of sixteen, and accesses with a stride. As far as CodeGrowth allows
///           (ir/passes/code_growth.h).
/// Stays:    a division by a power of two, which is a shift; of what is read from memory, which may
///           wrap; by what the loop changes.
/// Requires: vector loops are loops still.  Ensures: nothing that other passes need.
LoopProgram reduce_index_strength(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

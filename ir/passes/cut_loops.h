// The range of a loop is cut in place of a test in each iteration.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   for i in 0:N { if i < N - 3 { A } }
/// After:    for i in 0:min(N, N - 3) { A }
///
/// Before:   for i in 0:N { y[i] = select(i > 0, (x[i - 1] if i > 0), 0.0) + .. }
/// After:    let i.from = min(max(0, 1), N)
///           for i in 0:i.from { as before }
///           for i in i.from:N { y[i] = x[i - 1] + .. }
///           A condition linear in the loop's variable holds from some iteration on, or up to one:
///           it is left out of the iterations between, a copy of the loop. Conditions are those of
///           guards, selects and predicates, at their strictest over the loops of constant extent
///           inside (lanes of a vector loop, a tile).
/// Where:    a guard that is the whole body cuts any serial or parallel loop: nothing is copied.
///           Copies are made of innermost serial loops (inside are loops of constant extent at
///           most), as far as CodeGrowth allows (ir/passes/code_growth.h); and only for
///           conditions of the program's own, not for a guard of a vector loop alone, which masks
///           lanes for less than a copy costs.
/// Requires: vector loops are loops still.  Ensures: nothing that other passes need.
LoopProgram cut_loops(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

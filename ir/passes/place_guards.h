// Guards stand as far out as their variables allow, once.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   for i in 0:N { for j in 0:M { if i < P and j < Q { if j <= Q { C[i, j] = .. } } } }
/// After:    for i in 0:N { if i < P { for j in 0:M { if j < Q { C[i, j] = .. } } } }
///           - A conjunct that does not use a loop's variable moves out of the loop, where the
///           guard
///             is all that the loop does.
///           - Guards around guards, and equal guards beside each other, become one.
///           - What follows from the guards around, the loops' ranges and the facts is left out.
/// Stays:    a condition that reads memory, which holds only where it stands; a guard behind an
///           Assert or beside other statements, which are run without it.
/// Requires: nothing.  Ensures: no loop has a guard as its whole body of which a conjunct does not
///           use the loop's variable, but for conditions that read memory.
LoopProgram place_guards(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

// Memory of the heap is asked for once, not in each iteration.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   for i in 0:M { allocate T: f32[N] in heap; for k in 0:N { T[k] = .. } .. }
/// After:    allocate T: f32[N] in heap; for i in 0:M { for k in 0:N { T[k] = .. } .. }
///           A row of a softmax would call the runtime's allocator for each row.
/// Stays:    inside a parallel loop, whose iterations need memory of their own; on the stack, which
///           costs nothing. Shapes are over sizes alone, so no loop changes them.
/// Requires: nothing.  Ensures: no serial or unrolled loop allocates on the heap.
LoopProgram hoist_allocations(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

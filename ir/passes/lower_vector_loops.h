// Vector loops become ramps and masks.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   vector for i in 0:16 { if n + i < N { C[n + i] = A[n + i] + b } }
/// After:    C[n + ramp(0, 1, 16)] = .. if n + ramp(0, 1, 16) < broadcast(N, 16)
///           A condition that is the same for all lanes stays an `if`; one that differs becomes
///           the predicate of the stores and vector loads under it.
/// Ensures:  no vector loop remains.
LoopProgram lower_vector_loops(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

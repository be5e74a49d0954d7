// Simplification of everything in a program.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   for i in 0:1 { if 0 < N + 1 - N { C[i*8 + 0*4] = .. } }
/// After:    C[0] = ..
LoopProgram simplify_program(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

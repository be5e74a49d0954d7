// A tile that lies inside the tensor as a whole is computed without guards.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   for j.o in 0:(N + 31) // 32 {
///             for k in 0:K { vector for j in 0:32 { if j.o*32 + j < N { C[..] = C[..] + .. } } }
///           }
/// After:    for j.o in 0:(N + 31) // 32 {
///             if j.o*32 + 31 < N { for k in 0:K { vector for j in 0:32 { C[..] = C[..] + .. } } }
///             if not j.o*32 + 31 < N { .. as before .. }
///           }
///           A guard is left out where its strictest case over the loops of constant extent around
///           it can be told outside of them. The unguarded copy has variables, and local buffers
///           (`T.whole`), of its own.
/// Where:    the innermost loop around a loop that carries a reduction with such a guard inside, so
///           that the code of elementwise chains does not double.
LoopProgram partition(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

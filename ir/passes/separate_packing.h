// What a kernel packs before its nests becomes a kernel of its own.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// So that a session packs a param once, when it has its value, and not at each run
/// (ir/resident_kernels.h); a run without a session does both, one after the other.
///
/// Before:   kernel C { allocate P: f32[K, N] in heap; for .. { P[..] = B[..] }; for .. { .. P .. }
/// } After:    temporary P: f32[K, N]
///           kernel P { for .. { P[..] = B[..] } }
///           kernel C { for .. { .. P .. } }
/// Where:    the nest stores to `P` alone and reads inputs and sizes, and the rest of the kernel
///           reads `P` only.
/// Requires: nothing.  Ensures: nothing that other passes need.
LoopProgram separate_packing(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

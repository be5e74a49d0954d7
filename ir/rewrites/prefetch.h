// prefetch: what later iterations need is brought into a cache.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// prefetch(T, at = loop, ahead = 16, into = L1)
/// Before:   for k { for j in 0:32 { C[i, j] += A[i, k] * B[k, j] } }
/// After:    for k { prefetch B[k + 16, 0] into L1; prefetch B[k + 16, 16] into L1
///                   for j in 0:32 { C[i, j] += A[i, k] * B[k, j] } }
///           One prefetch a cache line (64 bytes) of the region of T that the iteration `ahead`
///           later accesses; `ahead = 0` is for this one. By default 1 and L1.
/// Requires: a region of constant size, of at most 64 lines; indices that are linear in the loops
///           inside.
/// Refuses:  vector loops, tensors in registers or on the stack, other caches than L1, L2 and L3.
Rewritten prefetch(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

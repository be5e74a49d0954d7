// cache_read: a tensor read from a local copy of the part that a loop needs.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// R = cache_read(T, scope, at = loop)    in the schedule of C, which reads T inside `loop`
/// Before:   for i.o { for i.i { for k { C[i.o*8 + i.i] += T[k, i.o*8 + i.i] } } }
/// After:    for i.o { allocate R: f32[K, 8]
///                     for i0, i1 of R { if i.o*8 + i1 < N { R[i0, i1] = T[i0, i.o*8 + i1] } }
///                     for i.i { for k { C[i.o*8 + i.i] += R[k, i.i] } } }
///           R holds the region of T that one iteration of the loop reads; its loops are called
///           after T's axes. It is called `T.cache` where no name is given.
/// Requires: reads at indices that are linear in the loops inside; no store to T in the loop.
/// Refuses:  scopes other than register (of constant size, at most 8 KiB) and global; vector loops.
Rewritten cache_read(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

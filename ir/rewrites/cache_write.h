// cache_write: a definition stored to a local copy of the part that a loop writes.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// W = cache_write(scope, at = loop)    in the schedule of C
/// Before:   for i.o { for i.i { C[i.o*8 + i.i] = 0 }
///                     for k { for i.i { C[i.o*8 + i.i] += A[i.o*8 + i.i, k] } } }
/// After:    for i.o { allocate W: f32[8]
///                     for i.i { W[i.i] = 0 }
///                     for k { for i.i { W[i.i] += A[i.o*8 + i.i, k] } }
///                     for i0 of W { if i.o*8 + i0 < M { C[i.o*8 + i0] = W[i0] } } }
///           W holds the region of C that one iteration of the loop accesses; it is read in first
///           where the loop does not store to all of it before it reads. C's own loops stay C's;
///           those of the copies are W's, called after C's axes. W is called `C.cache` where no
///           name is given.
/// Requires: indices that are linear in the loops inside.
/// Refuses:  scopes other than register (of constant size, at most 8 KiB) and global; vector loops;
///           inside parallel loops, regions that are not stored to as a whole.
Rewritten cache_write(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

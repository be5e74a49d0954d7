// compute_at: a definition computed piece by piece, where a loop of its reader needs the piece.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// compute_at(T, loop)    in the schedule of C, which reads T inside `loop`
/// Before:   for i, j { T[i, j] = .. }
///           for i.o { for j { for i.i { C[i.o*8 + i.i, j] = f(T[i.o*8 + i.i, j]) } } }
/// After:    for i.o { allocate T: f32[8, N]
///                     for i, j { if i.o*8 + i < M { T[i, j] = .. } }
///                     for j { for i.i { C[i.o*8 + i.i, j] = f(T[i.i, j]) } } }
///           T keeps only the region that one iteration of the loop reads, found from the bounds
///           of the loops inside it; its own loops run over that region and are still to schedule.
/// Requires: T no output, read in C's kernel inside the loop only, not scheduled itself; reads at
///           indices that are linear in the loops inside.
Rewritten compute_at(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

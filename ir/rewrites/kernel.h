// kernel: what is launched as one.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// kernel            in the schedule of C: C keeps a kernel of its own. What a block names is left
///                   alone by the automatic planner, so this command has only to check it.
/// kernel(T, U)      in the schedule of C: T and U are computed at the front of C's kernel
/// Before:   kernel T { for i { T[i] = .. } }    kernel C { for i { C[i] = f(T[i]) } }
/// After:    kernel C { for i { T[i] = .. }; for i { C[i] = f(T[i]) } }
///           in the order that they had; T stays in memory as a whole, and keeps its loops.
/// Requires: kernels of their own, those named before C's.
/// Refuses:  where a kernel between T's and C's reads what T's stores, or stores what it accesses.
Rewritten kernel(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

// parallel: the iterations of a loop shared out over threads.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// parallel(loop)
/// Before:   for i in 0:M { C[i] = 0; for k { C[i] = C[i] + A[i, k] } }
/// After:    parallel for i in 0:M { .. }        code for the CPU runs it in order, for now
/// Requires: a serial loop whose iterations share nothing but reads (ir/rewrites/dependences.h).
/// Refuses:  carried reductions, recurrences, tiles that overlap (tail = shift), assertions, whose
///           first failure is the one that is reported; a loop inside a vector or unrolled loop.
///           Loops that only assert are left as they are.
Rewritten parallel(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

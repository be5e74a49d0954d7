// unroll: the iterations of a loop written out one after the other.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// unroll(loop)
/// Before:   for i in 0:4 { body(i) }
/// After:    unrolled for i in 0:4 { body(i) }     expanded when code is emitted
/// Requires: a serial loop of a constant extent; at most 4096 copies of a statement, with the
///           unrolled loops around and inside it.
Rewritten unroll(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

// inline: a definition computed where it is read.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// inline(T)    in the schedule of C, which reads T
/// Before:   for i { T[i] = A[i] * 2 }; for i { C[i] = T[i] + T[i] }
/// After:    for i { let T = A[i] * 2; C[i] = T + T }
///           A value used once stands in its place; used more often it is bound by `let`. T's
///           kernel goes where T is no output and nothing else reads it.
/// Requires: T elementwise (one store an element, no reduction), not scheduled itself.
Rewritten inline_definition(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

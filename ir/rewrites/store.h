// store: how what a definition stores is written to memory.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// store(nontemporal)    in the schedule of C; the nest stays as it is
/// Before:   output C: f32[N]
/// After:    output C: f32[N], stored past the caches
///           For what is too large to be read again from them; `store(temporal)` takes it back.
/// Requires: C an output or a temporary of the whole program.
/// Refuses:  definitions that are local to a kernel, or gone.
Rewritten store(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

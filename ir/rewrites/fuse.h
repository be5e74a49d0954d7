// fuse: two loops become one.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// f = fuse(outer, inner)
/// Before:   for i in 0:N { if i < R { for j in 0:M { body(i, j) } } }
/// After:    for f in 0:N * M { if f // M < R { body(f // M, f % M) } }
/// Requires: serial loops, the inner one directly inside the outer one but for guards; bounds of
///           the inner one that do not depend on the outer one.
/// Refuses:  literal extents whose product does not fit into 64 bits.
Rewritten fuse(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

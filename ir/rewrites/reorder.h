// reorder: loops of one nest in another order.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// reorder(i, j, k)    outermost first; loops not named keep their places
/// Before:   for i { for j { C[i, j] = 0; for k { C[i, j] = C[i, j] + .. } } }
/// After:    reorder(i, k, j):
///           for i { for j { C[i, j] = 0 }; for k { for j { C[i, j] = C[i, j] + .. } } }
///           An initialization is split off at the outermost place where it is still right; its
///           loops keep their names. Guards move as far out as their variables allow.
/// Requires: serial loops of one nest, each directly inside the next but for guards and
///           initializations; bounds that do not depend on a loop that moves inside.
/// Refuses:  another order of steps, as of a recurrence or of a sort's passes; an initialization
///           split off loops whose iterations share elements, as tiles that overlap do; another
///           order of two loops that carry a float reduction under --strict.
Rewritten reorder(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

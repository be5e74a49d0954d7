// rfactor: a reduction in two steps (Suriana, Adams, Kamil 2017).
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// P = rfactor(loop, as = lanes)    in the schedule of C, whose reduction `loop` is a loop of
/// Before:   for i { C[i] = 0
///                   for k.o { for k.i { C[i] = C[i] + f(i, k.o*8 + k.i) } } }
/// After:    for i { allocate P: f32[8]
///                   for k.i of P { P[k.i] = 0 }
///                   for k.o of P { for k.i { P[k.i] = P[k.i] + f(i, k.o*8 + k.i) } }
///                   C[i] = 0
///                   for k.i { C[i] = C[i] + P[k.i] } }
///           P has an axis for `loop` and one for each loop over an axis of C that is inside the
///           reduction's outermost loop, in the order of the nest. The loops that were C's are P's;
///           C keeps those that combine P, of the same names. Where one other loop of constant
///           extent is left, its first iteration stores to P instead of adding to the identity,
///           which guards over reduction loops leave as it is. P is called `C.rf` where no name is
///           given. `as = lanes` makes P's loops over `loop` vector loops, as vectorize(loop) in a
///           schedule of P does.
/// Requires: a reduction by sum, prod, max, min, any or all, whose update is the one statement that
///           accesses C in its loops; extents that are known before the outermost one.
/// Refuses:  reductions of floats under --strict; loops over axes, steps of recurrences, loops
///           that are parallel or done lane by lane.
/// Accuracy: of floats, as of a tree: the error grows with the sum of the two lengths, not with
///           their product.
Rewritten rfactor(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

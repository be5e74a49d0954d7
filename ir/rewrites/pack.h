// pack: a tensor read from a copy of another layout (Goto, van de Geijn 2008).
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// P = pack(T, [i1 // 16, i0, i1 % 16], at = loop, on_first_use = around)
/// Before:   for i { for j.o { for k { for j.i in 0:16 {
///             C[i, ..] += A[i, k] * T[k, j.o*16 + j.i] } } } }
/// After:    allocate P: f32[(N + 15) // 16, K, 16]
///           for i1.o, i0, i1.i of P { P[i1.o, i0, i1.i] = T[i0, i1.o*16 + i1.i], 0 outside of T }
///           for i { for j.o { for k { for j.i in 0:16 {
///             C[i, ..] += A[i, k] * P[j.o, k, j.i] } } } }
///           Without `at`, all of T is packed before the nests of the kernel; with it, the region
///           that one iteration of `loop` reads, at its start. `on_first_use = i`, a loop around
///           `loop` that the region does not depend on: the first iteration of i packs what it
///           reads while it computes, the others read that. `on_first_use` alone takes the
///           outermost loop whose iterations all read the same, and the first one inside that goes
///           through that part by part. P is called `T.packed` where no name is given.
/// Requires: a layout that has each axis as a whole, or as quotient and remainder of one divisor;
///           with on_first_use, regions of `loop` that begin at multiples of the divisors.
/// Refuses:  tensors that the loops store to; vector loops; parallel loops with on_first_use.
Rewritten pack(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

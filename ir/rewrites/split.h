// split: one loop becomes two.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// Of one definition. More than any machine has levels; bounds of loops that were split ten times
/// are no text to read.
inline constexpr std::size_t max_loops = 32;

/// o, i = split(loop, factor, tail = guard)      split_tails.h has the other tails
/// Before:   for i in 0:N { body(i) }
/// After:    for i.o in 0:(N + 7) // 8 { for i.i in 0:8 { if i.o*8 + i.i < N { body(i.o*8 + i.i) }
/// } }
///           The guard is left out where it can be proven, e.g. where 8 divides a literal N.
/// Requires: a serial loop; factor >= 1; new names that no other loop of the definition has.
/// Refuses:  a tail that there is not; more than 32 loops in a definition; what its tail refuses.
Rewritten split(IndexedProgram& program, const RewriteCall& call);

}  // namespace tcc::ir

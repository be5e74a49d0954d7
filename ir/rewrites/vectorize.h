// vectorize: the iterations of a loop done at once, as lanes.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// vectorize(loop)
/// Before:   for i in 0:16 { if i < N { C[i] = A[i] + b } }
/// After:    vector for i in 0:16 { .. }           ramps and masks come from the pass
///                                                 lower_vector_loops
/// Requires: a serial loop of a constant extent of 1 to 256 with no vector loop around or inside.
/// Refuses:  a loop whose iterations depend on each other (ir/rewrites/dependences.h), that holds
/// an
///           allocation, or sets the bounds of a loop inside it.
Rewritten vectorize(IndexedProgram& program, const RewriteCall& call);

inline constexpr std::int64_t max_lanes = 256;

/// What in the body of the loop cannot be done lane by lane, in words that follow the loop's name.
std::optional<std::string> obstacle_to_lanes(const For& loop);

}  // namespace tcc::ir

// The loop that a maximum and the sums scaled by it share.
#pragma once

#include <vector>

#include "ir/rewrites/online_match.h"

namespace tcc::ir {

/// Merges the loops of `maximum` and `sums`, which stand side by side in one block, into one loop
/// in the place of the last: see ir/rewrites/online.h. Refuses where statements between them need
/// their results, or the loops do not run alike.
Rewritten merge_into_one_loop(IndexedProgram& program, const ReductionNest& maximum,
                              const std::vector<ScaledSum>& sums);

}  // namespace tcc::ir

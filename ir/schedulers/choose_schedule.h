// The automatic scheduler: from a plain nest to a schedule in the text form that users write.
#pragma once

#include "ir/graph.h"
#include "ir/schedule.h"

namespace tcc::ir {

/// A schedule for every definition that `given` has no block for, after the blocks of `given`.
/// Applied to lower_to_loops(graph), it is never refused.
Schedule choose_schedule(const Graph& graph, const Target& target, const Schedule& given);

}  // namespace tcc::ir

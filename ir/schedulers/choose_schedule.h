// The automatic scheduler: from a plain nest to a schedule in the text form that users write.
#pragma once

#include <set>
#include <string>

#include "ir/graph.h"
#include "ir/schedule.h"

namespace tcc::ir {

/// A schedule for every definition that `given` has no block for, after the blocks of `given`. What
/// is called like one of `kept` keeps its kernel and its plain nest.
/// Applied to lower_to_loops(graph) it is refused only where a read that it fuses by is gone when
/// its turn comes: `b - b` of integers is 0. What it fused then is to be kept.
Schedule choose_schedule(const Graph& graph, const Target& target, const Schedule& given,
                         const std::set<std::string>& kept = {});

}  // namespace tcc::ir

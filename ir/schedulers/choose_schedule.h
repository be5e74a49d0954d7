// The automatic scheduler: from a plain nest to a schedule in the text form that users write.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/rewrites/rewrite.h"
#include "ir/schedule.h"

namespace tcc::ir {

/// A schedule for every definition that `given` has no block for, after the blocks of `given`; a
/// block for another kind of target is none. What is called like one of `kept` keeps its kernel
/// and its plain nest; a param, or the copy of one, is not packed.
/// Applied to lower_to_loops(graph) it is refused only where a read that it fuses by is gone when
/// its turn comes: `b - b` of integers is 0. What it fused then is to be kept.
Schedule choose_schedule(const Graph& graph, const Target& target, const Schedule& given,
                         const std::set<std::string>& kept = {},
                         Reassociation order = Reassociation::allowed);

/// What the blocks for this kind of target are about: the definitions that they are for, and those
/// that their commands name.
std::set<std::string> names_in(const Schedule& schedule, TargetKind target);

/// For each tensor, why choose_schedule() of the same arguments gives it a kernel of its own or
/// puts it into another's: one line, "inlined into y: ..". "" for placeholders and outputs, which
/// have no choice.
std::vector<std::string> explain_schedule(const Graph& graph, const Target& target,
                                          const Schedule& given,
                                          const std::set<std::string>& kept = {});

}  // namespace tcc::ir

// The arguments of a schedule's command, bound to the parameters of its rewrite.
#pragma once

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// Refuses what does not fit the signature, loops and tensors that are not there.
tl::expected<RewriteCall, Refusal> bind_arguments(const IndexedProgram& program, BufferId stage,
                                                  const Rewrite& rewrite,
                                                  const ScheduleCommand& command);

}  // namespace tcc::ir

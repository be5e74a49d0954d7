// Reductions whose terms are the lanes of vectors.
#pragma once

#include <optional>

#include "ir/schedulers/arrangement.h"

namespace tcc::ir {

/// `reduce` of the last of a definition's reductions: eight registers of partial results, so that
/// each addition waits for none of the seven before it, then one register, then a quarter of a
/// wide one. Fewer where the extent is known to be short; nothing where it is shorter than a
/// register or may not be done in another order.
std::optional<ScheduleCommand> reduce_in_lanes(const LoopsOfDefinition& loops,
                                               const Target& target);

}  // namespace tcc::ir

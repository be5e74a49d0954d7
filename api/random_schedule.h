// Random legal schedules.
#pragma once

#include <cstdint>
#include <string>

#include "api/pipeline.h"
#include "ir/loop_program.h"

namespace tcc {

/// Blocks for some definitions of a program, as text, to be applied to `nests`: commands of
/// ir::all_rewrites() with random arguments that were tried one after the other, and not refused.
/// Some blocks are variants (`when M >= 2`). "" where none was legal. A schedule at which the
/// rewrites fail, instead of refusing it, is given back at once, for the caller to fall over. The
/// same seed gives the same text for the same program.
std::string random_schedule(const ir::LoopProgram& nests, std::uint64_t seed,
                            const ir::ScheduleOptions& options = {});

/// The plain nests after the general variants of the program's own schedule blocks: what random
/// ones come on top of. Errors: `bad-schedule`.
ir::LoopProgram nests_to_schedule(const ParsedText& text, const Lowered& lowered,
                                  const SizeValues& sizes, const ir::ScheduleOptions& options,
                                  Diagnostics& diagnostics);

/// A schedule on top of the text's own; "" where the text is wrong.
std::string random_schedule(const std::string& program_text, std::uint64_t seed);

}  // namespace tcc

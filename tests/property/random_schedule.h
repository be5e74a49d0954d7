// Random legal schedules.
#pragma once

#include <cstdint>
#include <string>

#include "dsl/extent.h"

namespace tcc::property {

/// Blocks for some definitions of a program, as text: commands that were tried one after the other
/// on its plain nests, and not refused. "" where none was legal. A schedule at which the
/// rewrites fail, instead of refusing it, is given back at once, for the caller to fall over. The
/// same seed gives the same text for the same program. Sizes of `numbers` are known when the
/// schedule is applied, the others are names.
std::string random_schedule(const std::string& program_text, std::uint64_t seed,
                            const SizeValues& numbers = {});

}  // namespace tcc::property

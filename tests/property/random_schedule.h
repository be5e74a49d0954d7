// Random legal schedules.
#pragma once

#include <cstdint>
#include <string>

namespace tcc::property {

/// Blocks for some definitions of a program, as text: commands that were tried one after the other
/// on its plain nests, and not refused. "" where none was legal. A schedule at which the
/// rewrites fail, instead of refusing it, is given back at once, for the caller to fall over. The
/// same seed gives the same text for the same program.
std::string random_schedule(const std::string& program_text, std::uint64_t seed);

}  // namespace tcc::property

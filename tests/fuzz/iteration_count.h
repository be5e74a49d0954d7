// How long the interpreter would run.
#pragma once

#include <cstdint>

#include "ir/loop_program.h"

namespace tcc::fuzz {

/// An upper bound on the statements that a run executes; INT64_MAX where it is not known, as where
/// an extent depends on a size or on another loop, and above 2^62.
std::int64_t iteration_count(const ir::LoopProgram& program);

}  // namespace tcc::fuzz

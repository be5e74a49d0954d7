// How long the interpreter would run.
#pragma once

#include <cstdint>

#include "dsl/extent.h"
#include "ir/loop_program.h"

namespace tcc {

/// An upper bound on the statements that a run executes; INT64_MAX where it is not known, as where
/// an extent depends on another loop or on a size that is not in `sizes`, and above 2^62.
std::int64_t iteration_count(const ir::LoopProgram& program, const SizeValues& sizes = {});

}  // namespace tcc

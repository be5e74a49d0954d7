// Random inputs for a program, and what the interpreter makes of them.
#pragma once

#include <cstdint>
#include <vector>

#include <tcc/tensor.h>

#include "dsl/diagnostic.h"
#include "frontend/checked.h"
#include "ir/loop_program.h"

namespace tcc {

/// What a run has: inputs in the order of the program's, and the value of each size.
struct Run {
  std::vector<Tensor> inputs;
  SizeValues sizes;
};

/// Floats in [-1, 1], some of them whole; small integers, some of any size.
/// Errors: those of bind_inputs(); `size-mismatch` where an input's shape would be negative.
Run random_run(const checked::Program& program, const SizeValues& sizes, std::uint64_t seed,
               Diagnostics& diagnostics);

/// The outputs, then the next values of updated params.
std::vector<checked::TensorId> results_of(const checked::Program& program);

/// Memory for results_of() the program. Errors: `limit`.
std::vector<Tensor> new_results(const checked::Program& program, const SizeValues& sizes,
                                Diagnostics& diagnostics);

/// Runs loops that were made of the program. Throws Error (program) where a computed index is
/// outside its axis, Error (bug) where the loops are wrong.
void interpret(const ir::LoopProgram& loops, const checked::Program& program, const Run& run,
               const std::vector<Tensor>& outputs);

}  // namespace tcc

// Runs loop IR on the host, statement by statement: the evaluator that schedules and passes are
// checked with. Bit for bit what generated CPU code gives, and every access is bounds-checked.
#pragma once

#include <span>
#include <vector>

#include <tcc/tensor.h>

#include "ir/loop_program.h"

namespace tcc::ir {

/// `buffers` has a contiguous tensor for each input and output of the program, in the order of
/// program.buffers without temporaries and locals; `sizes` a value for each of program.sizes.
/// An access outside its buffer, or an unwritten element read, is a bug().
void interpret(const LoopProgram& program, std::span<const tcc::Tensor> buffers,
               std::span<const std::int64_t> sizes);

}  // namespace tcc::ir

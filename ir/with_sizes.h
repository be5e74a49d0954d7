// A program for given sizes.
#pragma once

#include "ir/loop_program.h"
#include "ir/visit.h"

namespace tcc::ir {

/// The program with numbers in the place of its sizes. Kernels still take all sizes, so that they
/// are called in the same way; loops, guards and strides are those of the numbers, and what is
/// computed is the same, bit for bit.
LoopProgram with_sizes(LoopProgram program, const Substitution& sizes);

}  // namespace tcc::ir

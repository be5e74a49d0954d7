// Kernels that need to be run once for given params, not at each run.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/loop_program.h"

namespace tcc::ir {

/// What a program computes of some inputs alone: of weights their transpose, a packed or a
/// dequantised copy.
struct ResidentKernels {
  std::vector<std::uint32_t> kernels;  ///< their positions in the program
  std::vector<BufferId> results;       ///< what the other kernels read of theirs
  std::vector<BufferId> inside;        ///< what only they read
};

/// `kept`: inputs that stay from run to run. A kernel is resident where it reads them and results
/// of resident kernels alone, stores to temporaries that no other kernel stores to, and needs no
/// sizes but those that are an extent of one of `kept`: these are the same as long as the inputs
/// are.
ResidentKernels resident_kernels(const LoopProgram& program, const std::vector<BufferId>& kept);

}  // namespace tcc::ir

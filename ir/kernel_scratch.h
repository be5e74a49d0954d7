// The memory that a kernel asks for while it runs, on top of the memory plan.
#pragma once

#include <cstdint>
#include <functional>

#include "ir/loop_program.h"

namespace tcc::ir {

/// Bytes of heap memory that a kernel allocates, at the place in its nest where they are most.
struct KernelScratch {
  std::int64_t shared = 0;      ///< outside of parallel loops
  std::int64_t per_thread = 0;  ///< by each thread that runs iterations of its parallel loops
};

/// `bytes_of` gives the bytes of a buffer that the kernel allocates in the heap.
KernelScratch kernel_scratch(const Kernel& kernel, const LoopProgram& program,
                             const std::function<std::int64_t(BufferId)>& bytes_of);

}  // namespace tcc::ir

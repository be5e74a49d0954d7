// The buffers that a kernel has to do with.
#pragma once

#include "ir/loop_program.h"

namespace tcc::ir {

/// The buffers that a kernel's body loads, stores, prefetches or allocates, in the program's order,
/// each once.
std::vector<BufferId> touched_buffers(const Stmt& body);

}  // namespace tcc::ir

// The buffers that the code of a kernel has to know, whatever the target.
#pragma once

#include "ir/loop_program.h"

namespace tcc {

/// The buffers that a kernel's body loads, stores or allocates, in the program's order, each once.
std::vector<ir::BufferId> touched_buffers(const ir::Stmt& body);

}  // namespace tcc

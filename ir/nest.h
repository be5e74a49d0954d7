// Loops over axes.
#pragma once

#include "ir/graph.h"
#include "ir/stmt.h"

namespace tcc::ir {

/// for axes[0] { for axes[1] { .. body } }, all serial.
Stmt make_nest(std::span<const Axis> axes, BufferId stage, Stmt body);

}  // namespace tcc::ir

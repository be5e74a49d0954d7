// Loops over axes.
#include "ir/nest.h"

namespace tcc::ir {

Stmt make_nest(std::span<const Axis> axes, BufferId stage, Stmt body) {
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    body = make_for(axis->var, axis->begin, axis->extent, ForKind::serial, stage, std::move(body),
                    axis->var->origin);
  }
  return body;
}

}  // namespace tcc::ir

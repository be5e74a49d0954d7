// A walk over all statements and expressions.
#include "codegen/touched_buffers.h"

#include <set>

#include "ir/visit.h"

namespace tcc {

std::vector<ir::BufferId> touched_buffers(const ir::Stmt& body) {
  std::set<ir::BufferId> found;
  ir::for_each_statement(body, [&](const ir::Stmt& stmt) {
    if (const auto* store = ir::as<ir::Store>(stmt)) found.insert(store->buffer);
    if (const auto* prefetch = ir::as<ir::Prefetch>(stmt)) found.insert(prefetch->buffer);
    if (const auto* allocate = ir::as<ir::Allocate>(stmt)) found.insert(allocate->buffer);
  });
  ir::for_each_expression(body, [&](const ir::Expr& expr) {
    for (const ir::Expr& node : ir::post_order(expr)) {
      if (const auto* load = ir::as<ir::Load>(node)) found.insert(load->buffer);
    }
  });
  return {found.begin(), found.end()};
}

}  // namespace tcc

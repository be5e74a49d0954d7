// A walk over all statements and expressions.
#include "ir/touched_buffers.h"

#include <set>

#include "ir/visit.h"

namespace tcc::ir {

std::vector<BufferId> touched_buffers(const Stmt& body) {
  std::set<BufferId> found;
  for_each_statement(body, [&](const Stmt& stmt) {
    if (const auto* store = as<Store>(stmt)) found.insert(store->buffer);
    if (const auto* prefetch = as<Prefetch>(stmt)) found.insert(prefetch->buffer);
    if (const auto* allocate = as<Allocate>(stmt)) found.insert(allocate->buffer);
  });
  for_each_expression(body, [&](const Expr& expr) {
    if (is_leaf(expr)) return;
    for (const Expr& node : post_order(expr)) {
      if (const auto* load = as<Load>(node)) found.insert(load->buffer);
    }
  });
  return {found.begin(), found.end()};
}

}  // namespace tcc::ir

// Scans as loop nests.
#include "ir/lower_scan.h"

#include "ir/nest.h"

namespace tcc::ir {

Stmt lower_scan(const Tensor& tensor, const Scan& scan, BufferId buffer) {
  const OriginId origin = scan.body->origin;
  std::vector<Expr> element;
  for (const Axis& axis : scan.axes)
    element.push_back(axis.var);
  const Expr& step = element[scan.axis];
  const Expr has_previous = make_binary(Op::greater, step, make_int(0, origin), origin);
  std::vector<Expr> previous = element;
  previous[scan.axis] = make_binary(Op::subtract, step, make_int(1, origin), origin);
  const Expr so_far = make_select(
      has_previous, make_load(tensor.dtype, buffer, std::move(previous), origin, has_previous),
      scan.reducer.identity.front(), origin);
  const Expr value = combine(scan.reducer, 0, std::span(&so_far, 1), std::span(&scan.body, 1));
  return make_nest(scan.axes, buffer, make_store(buffer, std::move(element), value, tensor.origin));
}

}  // namespace tcc::ir

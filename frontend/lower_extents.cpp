// Sizes of the checked program as expressions of the graph.
#include "frontend/lower_extents.h"

namespace tcc {

namespace {

ir::Expr product(ir::Expr a, ir::Expr b, ir::OriginId origin) {
  return a ? ir::make_binary(Op::multiply, std::move(a), std::move(b), origin) : b;
}

ir::Expr sum(ir::Expr a, ir::Expr b, ir::OriginId origin) {
  return a ? ir::make_binary(Op::add, std::move(a), std::move(b), origin) : b;
}

}  // namespace

ir::Expr lower_extent(const Extent& extent, const SizeVariables& sizes, ir::OriginId origin) {
  ir::Expr total;
  ir::Expr constant;
  for (const auto& [names, coefficient] : extent.terms()) {
    if (names.empty()) {
      constant = ir::make_int(coefficient, origin);
      continue;
    }
    ir::Expr term;
    if (coefficient != 1) term = ir::make_int(coefficient, origin);
    for (const std::string& name : names)
      term = product(term, sizes.at(name), origin);
    total = sum(total, std::move(term), origin);
  }
  if (constant) total = sum(total, std::move(constant), origin);
  return total ? total : ir::make_int(0, origin);
}

}  // namespace tcc

// Sizes of the checked program as expressions of the graph.
#include "frontend/lower_extents.h"

#include <limits>

#include "dsl/diagnostic.h"

namespace tcc {

namespace {

constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

ir::Expr product(ir::Expr a, ir::Expr b, ir::OriginId origin) {
  return a ? ir::make_binary(Op::multiply, std::move(a), std::move(b), origin) : b;
}

ir::Expr sum(ir::Expr a, ir::Expr b, ir::OriginId origin) {
  return a ? ir::make_binary(Op::add, std::move(a), std::move(b), origin) : b;
}

Op operator_of(Extent::Operation::Kind kind) {
  switch (kind) {
    case Extent::Operation::Kind::quotient: return Op::floor_divide;
    case Extent::Operation::Kind::remainder: return Op::modulo;
    case Extent::Operation::Kind::minimum: return Op::minimum;
  }
  bug("an operation of no kind");
}

/// A size variable, or the value of an operation.
ir::Expr lower_name(const std::string& name, const Extent& extent, const SizeVariables& sizes,
                    ir::OriginId origin) {
  const auto found = extent.operations().find(name);
  if (found == extent.operations().end()) return sizes.at(name);
  const Extent::Operation& operation = found->second;
  return ir::make_binary(operator_of(operation.kind), lower_extent(*operation.left, sizes, origin),
                         lower_extent(*operation.right, sizes, origin), origin);
}

}  // namespace

ir::Expr lower_extent(const Extent& extent, const SizeVariables& sizes, ir::OriginId origin) {
  ir::Expr total;
  ir::Expr negative;  // what is taken away
  std::int64_t constant = 0;
  for (const auto& [names, coefficient] : extent.terms()) {
    if (names.empty()) {
      constant = coefficient;
      continue;
    }
    const bool is_negative = coefficient < 0 && coefficient != smallest;
    const std::int64_t factor = is_negative ? -coefficient : coefficient;
    ir::Expr term;
    if (factor != 1) term = ir::make_int(factor, origin);
    for (const std::string& name : names)
      term = product(term, lower_name(name, extent, sizes, origin), origin);
    ir::Expr& side = is_negative ? negative : total;
    side = sum(side, std::move(term), origin);
  }
  const bool is_taken_away = total && constant < 0 && constant != smallest;
  if (constant > 0 || (constant < 0 && !is_taken_away) || (!total && !negative)) {
    total = sum(total, ir::make_int(constant, origin), origin);
  }
  if (negative) {
    if (!total) total = ir::make_int(0, origin);
    total = ir::make_binary(Op::subtract, std::move(total), std::move(negative), origin);
  }
  if (!is_taken_away) return total;
  return ir::make_binary(Op::subtract, std::move(total), ir::make_int(-constant, origin), origin);
}

}  // namespace tcc

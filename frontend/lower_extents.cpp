// Sizes of the checked program as expressions of the graph.
#include "frontend/lower_extents.h"

#include <limits>

namespace tcc {

namespace {

constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

ir::Expr product(ir::Expr a, ir::Expr b, ir::OriginId origin) {
  return a ? ir::make_binary(Op::multiply, std::move(a), std::move(b), origin) : b;
}

ir::Expr sum(ir::Expr a, ir::Expr b, ir::OriginId origin) {
  return a ? ir::make_binary(Op::add, std::move(a), std::move(b), origin) : b;
}

/// A size variable, or the value of a division.
ir::Expr lower_name(const std::string& name, const Extent& extent, const SizeVariables& sizes,
                    ir::OriginId origin) {
  const auto found = extent.divisions().find(name);
  if (found == extent.divisions().end()) return sizes.at(name);
  const Extent::Division& division = found->second;
  const bool is_quotient = division.part == Extent::DivisionPart::quotient;
  return ir::make_binary(is_quotient ? Op::floor_divide : Op::modulo,
                         lower_extent(*division.dividend, sizes, origin),
                         lower_extent(*division.divisor, sizes, origin), origin);
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

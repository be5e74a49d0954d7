// Expressions over a program's sizes, in a run that gives each a number.
#include "api/size_numbers.h"

#include "ir/affine/simplify.h"

namespace tcc {

ir::Substitution size_numbers(const ir::LoopProgram& program, const SizeValues& sizes) {
  ir::Substitution numbers;
  for (const ir::Expr& size : program.sizes) {
    const auto given = sizes.find(ir::as<ir::Var>(size)->name);
    if (given == sizes.end()) continue;
    numbers[ir::as<ir::Var>(size)->id] = ir::make_int(given->second, size->origin);
  }
  return numbers;
}

std::optional<std::int64_t> known_over_sizes(const ir::Expr& expr, const ir::Substitution& sizes) {
  return ir::constant_of(ir::simplify(ir::substitute(expr, sizes)));
}

}  // namespace tcc

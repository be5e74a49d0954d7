// How long the interpreter would run.
#include "api/iteration_count.h"

#include <algorithm>

#include "api/size_numbers.h"
#include "ir/affine/simplify.h"

namespace tcc {

namespace {

constexpr std::int64_t unknown = INT64_MAX;
constexpr std::int64_t large = std::int64_t{1} << 31;

std::int64_t product(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return 0;
  return a > large || b > large ? unknown : a * b;
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return a > large * large || b > large * large ? unknown : a + b;
}

/// Recursion is by the depth of loops, which brackets and ranks bound.
std::int64_t count_of(const ir::Stmt& statement, const ir::Substitution& sizes) {
  if (const auto* loop = ir::as<ir::For>(statement)) {
    const auto extent = ir::constant_of(ir::simplify(ir::substitute(loop->extent, sizes)));
    return extent ? product(std::max<std::int64_t>(*extent, 0), count_of(loop->body, sizes))
                  : unknown;
  }
  if (const auto* branch = ir::as<ir::If>(statement)) return count_of(branch->body, sizes);
  const auto* block = ir::as<ir::Block>(statement);
  if (!block) return 1;
  std::int64_t count = 1;
  for (const ir::Stmt& child : block->statements)
    count = sum(count, count_of(child, sizes));
  return count;
}

}  // namespace

std::int64_t iteration_count(const ir::LoopProgram& program, const SizeValues& sizes) {
  const ir::Substitution values = size_numbers(program, sizes);
  std::int64_t count = 0;
  for (const ir::Kernel& kernel : program.kernels)
    count = sum(count, count_of(kernel.body, values));
  return count;
}

}  // namespace tcc

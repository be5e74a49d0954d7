// A program for given sizes.
#include "ir/with_sizes.h"

#include "ir/affine/simplify.h"

namespace tcc::ir {

LoopProgram with_sizes(LoopProgram program, const Substitution& sizes) {
  for (Buffer& buffer : program.buffers) {
    for (Expr& extent : buffer.shape)
      extent = simplify(substitute(extent, sizes));
  }
  for (Kernel& kernel : program.kernels)
    kernel.body = substitute(kernel.body, sizes);
  for (SizeFact& fact : program.facts.sizes) {
    const auto known = sizes.find(fact.var);
    if (known == sizes.end()) continue;
    const auto value = constant_of(known->second);
    fact.minimum = value.value_or(fact.minimum);
    fact.maximum = value;
  }
  return program;
}

}  // namespace tcc::ir

// Simplification of everything in a program.
#include "ir/passes/simplify_program.h"

#include "ir/affine/simplify.h"

namespace tcc::ir {

LoopProgram simplify_program(LoopProgram program, const PassOptions&) {
  for (Kernel& kernel : program.kernels) {
    Stmt body = simplify(kernel.body, program.facts);
    kernel.body = body ? body : make_block({}, kernel.origin);
  }
  return program;
}

}  // namespace tcc::ir

// The passes between a schedule and code.
#include "ir/passes/passes.h"

#include "ir/passes/contract_fma.h"
#include "ir/passes/lower_vector_loops.h"
#include "ir/passes/partition.h"
#include "ir/passes/simplify_program.h"
#include "ir/verifier.h"

namespace tcc::ir {

std::span<const Pass> all_passes() {
  static constexpr Pass passes[] = {
      {"partition", "first: a guard is left out as a whole before it becomes masks of lanes",
       partition},
      {"lower_vector_loops", "early: what follows sees vectors as values, not as loops",
       lower_vector_loops},
      {"contract_fma", "before simplification, on products as the program wrote them",
       contract_fma},
      {"simplify_program", "last: it cleans up after all others", simplify_program},
  };
  return passes;
}

LoopProgram run_passes(LoopProgram program, const PassOptions& options,
                       const PassObserver& observer) {
  for (const Pass& pass : all_passes()) {
    program = pass.run(std::move(program), options);
#if TCC_CHECKS
    check_valid(program, pass.name);
#endif
    if (observer) observer(pass, program);
  }
  return program;
}

}  // namespace tcc::ir

// The passes between a schedule and code.
#include "ir/passes/passes.h"

#include "ir/passes/common_subexpressions.h"
#include "ir/passes/contract_fma.h"
#include "ir/passes/cut_loops.h"
#include "ir/passes/hoist_allocations.h"
#include "ir/passes/hoist_invariants.h"
#include "ir/passes/lower_vector_loops.h"
#include "ir/passes/partition.h"
#include "ir/passes/place_guards.h"
#include "ir/passes/reduce_index_strength.h"
#include "ir/passes/separate_packing.h"
#include "ir/passes/simplify_program.h"
#include "ir/passes/take_over_memory.h"
#include "ir/verifier.h"

namespace tcc::ir {

std::span<const Pass> all_passes() {
  static constexpr Pass passes[] = {
      {"separate_packing", "first: what follows sees its kernels, and the memory between them",
       separate_packing},
      {"take_over_memory", "its proof reads the nests as the rewrites left them", take_over_memory},
      {"place_guards",
       "before code is copied: what copies it, copies each guard once and as few as there are",
       place_guards},
      {"hoist_allocations", "before code is copied: one allocation is one", hoist_allocations},
      {"partition", "a guard is left out as a whole before it becomes masks of lanes", partition},
      {"reduce_index_strength", "on loops, lanes among them; before ranges are cut into pieces",
       reduce_index_strength},
      {"cut_loops", "after partition, which looks for the guards of whole tiles", cut_loops},
      {"lower_vector_loops", "what follows sees vectors as values, not as loops",
       lower_vector_loops},
      {"contract_fma", "before values are named: a product has to be seen in its sum",
       contract_fma},
      {"simplify_program", "cleans up after those above; equal values look alike from here on",
       simplify_program},
      {"hoist_invariants", "on final expressions, vectors among them", hoist_invariants},
      {"common_subexpressions", "last: what was hoisted from two places is equal",
       common_subexpressions},
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

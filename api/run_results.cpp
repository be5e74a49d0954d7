// One run of a program with all that it leaves.
#include "api/run_results.h"

#include <algorithm>

#include "api/program_state.h"

namespace tcc {

RunResults run_all(const Program& program, std::span<const Tensor> inputs,
                   const Executable::RunOptions& options) {
  const auto executable = program.state().executable_for(inputs);
  const auto plan = executable->plan_for(inputs);
  RunResults results{Executable::allocate(plan->outputs), Executable::allocate(plan->updates)};
  executable->run(inputs, {results.outputs, results.updates}, options);
  return results;
}

void run_again(const Program& program, std::span<const Tensor> inputs, const RunResults& results,
               const Executable::RunOptions& options) {
  program.state().executable_for(inputs)->run(inputs, {results.outputs, results.updates}, options);
}

ResidentMemory resident_memory_for(const Program& program, std::span<const Tensor> inputs) {
  return ResidentMemory(program.state().executable_for(inputs)->image().variants.size());
}

void commit(const checked::Signature& program, std::span<const Tensor> updates,
            std::span<Tensor> inputs) {
  for (std::size_t u = 0; u < updates.size(); ++u) {
    const auto place =
        std::find(program.inputs.begin(), program.inputs.end(), program.updates[u].param);
    inputs[static_cast<std::size_t>(place - program.inputs.begin())] = updates[u];
  }
}

}  // namespace tcc

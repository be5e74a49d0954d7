// Results compared with the reference evaluator.
#include "api/verify.h"

#include "api/program_state.h"

namespace tcc {

std::vector<VerifyResult> verify(const Program& program, std::span<const Tensor> inputs,
                                 std::span<const Tensor> outputs) {
  const auto executable = program.state().executable_for(inputs);
  const checked::Program& checked = executable->checked();
  const auto expected = evaluate_reference(checked, inputs, executable->bind(inputs));
  std::vector<VerifyResult> results;
  for (std::size_t o = 0; o < expected.size(); ++o) {
    results.push_back({checked.tensors[checked.outputs[o]].name, compare(outputs[o], expected[o])});
  }
  return results;
}

}  // namespace tcc

// Results compared with the reference evaluator.
#include "api/verify.h"

#include "api/program_state.h"
#include "runtime/float_mode.h"

namespace tcc {

std::vector<VerifyResult> verify(const Program& program, std::span<const Tensor> inputs,
                                 const RunResults& results) {
  const DefaultFloatMode mode;
  const auto executable = program.state().executable_for(inputs);
  const checked::Program& checked = executable->lowered().checked;
  const auto expected = evaluate_reference(checked, inputs, executable->plan_for(inputs)->sizes);
  std::vector<VerifyResult> verified;
  const auto add = [&](checked::TensorId id, const Tensor& result) {
    verified.push_back({checked.tensors[id].name, compare(result, expected[verified.size()])});
  };
  for (std::size_t o = 0; o < results.outputs.size(); ++o)
    add(checked.outputs[o], results.outputs[o]);
  for (std::size_t u = 0; u < results.updates.size(); ++u)
    add(checked.updates[u].value, results.updates[u]);
  return verified;
}

}  // namespace tcc

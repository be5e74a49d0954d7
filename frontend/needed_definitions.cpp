// Which definitions the results of a program depend on.
#include "frontend/needed_definitions.h"

namespace tcc {

std::vector<bool> needed_tensors(const checked::Program& program) {
  std::vector<bool> needed(program.tensors.size());
  for (const checked::TensorId output : program.outputs)
    needed[output] = true;
  for (const checked::Update& update : program.updates)
    needed[update.value] = true;
  const auto& definitions = program.definitions;
  for (auto definition = definitions.rbegin(); definition != definitions.rend(); ++definition) {
    if (!needed[definition->tensor]) continue;
    const checked::NodeId first = program.nodes[definition->value].first;
    for (checked::NodeId id = first; id <= definition->value; ++id) {
      const auto* tensor = std::get_if<checked::TensorValue>(&program.nodes[id].value);
      if (tensor) needed[tensor->tensor] = true;
    }
  }
  return needed;
}

}  // namespace tcc

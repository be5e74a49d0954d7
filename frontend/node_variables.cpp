// Which index variables the nodes of a checked definition depend on.
#include "frontend/node_variables.h"

#include <algorithm>

namespace tcc {

namespace {

using checked::NodeId;

/// The operands that may depend on index variables.
template <typename Value> std::vector<NodeId> operands_of(const Value&) { return {}; }
std::vector<NodeId> operands_of(const checked::Elementwise& value) { return value.operands; }
std::vector<NodeId> operands_of(const checked::Convert& value) { return {value.operand}; }
std::vector<NodeId> operands_of(const checked::Element& value) {
  std::vector<NodeId> operands = value.indices;
  for (const checked::Guard& guard : value.guards)
    operands.push_back(guard.condition);
  return operands;
}
std::vector<NodeId> operands_of(const checked::Points& value) { return {value.body}; }
std::vector<NodeId> operands_of(const checked::ReduceVariables& value) { return {value.body}; }

void remove(const std::vector<checked::VariableId>& introduced,
            std::vector<checked::VariableId>& variables) {
  std::erase_if(variables, [&](checked::VariableId variable) {
    return std::count(introduced.begin(), introduced.end(), variable) != 0;
  });
}

}  // namespace

NodeVariables variables_of_nodes(const checked::Program& program,
                                 const checked::Definition& definition) {
  const NodeId first = program.nodes[definition.value].first;
  NodeVariables all(definition.value - first + 1);
  for (NodeId id = first; id <= definition.value; ++id) {
    const auto& value = program.nodes[id].value;
    auto& variables = all[id - first];
    for (const NodeId operand :
         std::visit([](const auto& each) { return operands_of(each); }, value)) {
      const auto& more = all[operand - first];
      variables.insert(variables.end(), more.begin(), more.end());
    }
    if (const auto* index = std::get_if<checked::IndexValue>(&value)) {
      variables.push_back(index->variable);
    }
    std::sort(variables.begin(), variables.end());
    variables.erase(std::unique(variables.begin(), variables.end()), variables.end());
    if (const auto* reduction = std::get_if<checked::ReduceVariables>(&value)) {
      remove(reduction->variables, variables);
    }
    if (const auto* points = std::get_if<checked::Points>(&value)) remove(points->axes, variables);
  }
  return all;
}

}  // namespace tcc

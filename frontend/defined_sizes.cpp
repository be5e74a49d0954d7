// Folding of integers through the definitions that are sizes.
#include "frontend/defined_sizes.h"

#include <map>

namespace tcc {

std::optional<Extent> size_by_definitions(const syntax::Program& program, syntax::NodeId root,
                                          const TypedDefinition& typed, const Names& names) {
  std::map<syntax::NodeId, WeakValue> values;
  for (syntax::NodeId id = program.nodes[root].first; id <= root; ++id) {
    const auto* name = std::get_if<syntax::Name>(&program.nodes[id].value);
    const auto* operation = std::get_if<syntax::Operation>(&program.nodes[id].value);
    if (typed[id].value) {
      values.emplace(id, *typed[id].value);
    } else if (const auto size = name ? names.find_defined_size(name->name) : std::nullopt) {
      values.emplace(id, *size);
    } else if (operation) {
      std::vector<WeakValue> operands;
      for (const syntax::NodeId operand : operation->operands) {
        if (values.count(operand)) operands.push_back(values.at(operand));
      }
      const bool are_all = operands.size() == operation->operands.size();
      const auto value = are_all ? fold(operation->op, operands) : std::nullopt;
      if (value) values.emplace(id, *value);
    }
  }
  const auto found = values.find(root);
  const Extent* size = found == values.end() ? nullptr : std::get_if<Extent>(&found->second);
  return size && !size->overflowed() ? std::optional(*size) : std::nullopt;
}

}  // namespace tcc

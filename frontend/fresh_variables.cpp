// Index variables of functions under names that nothing around their calls has.
#include "frontend/fresh_variables.h"

#include <fmt/format.h>

namespace tcc {

using syntax::NodeId;

namespace {

using Names = std::map<std::string, std::string>;

void add_bindings(const std::vector<syntax::IndexBinding>& bindings, std::set<std::string>& names) {
  for (const syntax::IndexBinding& binding : bindings)
    names.insert(binding.name);
}

void add_reductions(const syntax::Program& program, NodeId root, std::set<std::string>& names) {
  for (NodeId id = program.nodes[root].first; id <= root; ++id) {
    const auto* reduction = std::get_if<syntax::Reduction>(&program.nodes[id].value);
    if (reduction) add_bindings(reduction->bindings, names);
  }
}

void rename_bindings(std::vector<syntax::IndexBinding>& bindings, const Names& names) {
  for (syntax::IndexBinding& binding : bindings) {
    const auto found = names.find(binding.name);
    if (found != names.end()) binding.name = found->second;
  }
}

/// The value of a definition, or a result, which has no variables but those of its reductions.
NodeId renamed_value(syntax::Program& program, const syntax::Definition& definition,
                     const Names& names) {
  const Scopes scopes(program, definition);
  std::map<NodeId, NodeReplacement> replacements;
  const NodeId root = definition.value;
  for (NodeId id = program.nodes[root].first; id <= root; ++id) {
    const auto* name = std::get_if<syntax::Name>(&program.nodes[id].value);
    const auto found = name ? names.find(name->name) : names.end();
    if (found == names.end() || !scopes.find(name->name, scopes.of(id).scope)) continue;
    replacements.emplace(id, found->second);
  }
  const NodeId copy = copy_tree(program.nodes, root, replacements);
  for (NodeId id = program.nodes[copy].first; id <= copy; ++id) {
    auto* reduction = std::get_if<syntax::Reduction>(&program.nodes[id].value);
    if (reduction) rename_bindings(reduction->bindings, names);
  }
  return copy;
}

void add_names(const syntax::Program& program, NodeId root, std::set<std::string>& names) {
  add_reductions(program, root, names);
  for (NodeId id = program.nodes[root].first; id <= root; ++id) {
    const auto* name = std::get_if<syntax::Name>(&program.nodes[id].value);
    if (name) names.insert(name->name);
  }
}

/// Names that are no variables: of tensors and sizes.
void add_free_names(const syntax::Program& program, const syntax::Definition& definition,
                    std::set<std::string>& names) {
  const Scopes scopes(program, definition);
  for (NodeId id = program.nodes[definition.value].first; id <= definition.value; ++id) {
    const auto* name = std::get_if<syntax::Name>(&program.nodes[id].value);
    if (name && !scopes.find(name->name, scopes.of(id).scope)) names.insert(name->name);
  }
}

std::set<std::string> index_variables_of(const syntax::Program& program,
                                         const syntax::Function& function) {
  std::set<std::string> names;
  for (const syntax::Definition& definition : function.definitions) {
    if (definition.bindings) add_bindings(*definition.bindings, names);
    add_reductions(program, definition.value, names);
  }
  for (const NodeId result : function.results)
    add_reductions(program, result, names);
  return names;
}

syntax::Function renamed(syntax::Program& program, const syntax::Function& function,
                         const Names& names) {
  syntax::Function copy = function;
  for (syntax::Definition& definition : copy.definitions) {
    definition.value = renamed_value(program, definition, names);
    if (definition.bindings) rename_bindings(*definition.bindings, names);
  }
  for (NodeId& result : copy.results) {
    result = renamed_value(
        program, {function.name, program.nodes[result].span, {}, {}, {}, result, {}}, names);
  }
  return copy;
}

}  // namespace

FreshVariables::FreshVariables(const syntax::Program& program) {
  for (const syntax::InputDeclaration& input : program.inputs) {
    taken_.insert(input.name);
    for (const NodeId extent : input.type.extents)
      add_names(program, extent, taken_);
  }
  for (const syntax::Definition& definition : program.definitions) {
    taken_.insert(definition.name);
    for (const syntax::ResultName& result : definition.further_results)
      taken_.insert(result.name);
    add_free_names(program, definition, taken_);
  }
  for (const syntax::Constant& constant : program.constants)
    constants_.emplace(constant.name, constant.span.source);
}

bool FreshVariables::is_taken(const std::string& name, const syntax::Function& function) const {
  const auto constant = constants_.find(name);
  if (constant != constants_.end()) return constant->second != function.span.source;
  return taken_.count(name) > 0;
}

syntax::Function FreshVariables::of(syntax::Program& program, const syntax::Function& function,
                                    const Call& call) const {
  const std::set<std::string> variables = index_variables_of(program, function);
  if (variables.empty()) return function;
  std::set<std::string> met = call.around;
  for (const auto& [name, value] : call.arguments) {
    if (const NodeId* root = std::get_if<NodeId>(&value)) add_names(program, *root, met);
  }
  Names names;
  for (const std::string& name : variables) {
    if (!met.count(name) && !is_taken(name, function)) continue;
    names.emplace(name, fmt::format("{}.{}", call.path, name));
  }
  return names.empty() ? function : renamed(program, function, names);
}

}  // namespace tcc

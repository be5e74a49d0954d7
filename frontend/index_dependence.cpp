// Whether an expression of a function's body, or an argument, depends on index variables.
#include "frontend/index_dependence.h"

namespace tcc {

using syntax::NodeId;

namespace {

/// Whether a scope is around a node, and not introduced inside of it.
bool is_around(ScopeId scope, const Scopes& scopes, NodeId node) {
  for (std::optional<ScopeId> at = scopes.of(node).scope; at; at = scopes.all()[*at].parent) {
    if (*at == scope) return true;
  }
  return false;
}

bool mentions_any(const syntax::Program& program, NodeId root, const std::set<std::string>& names) {
  for (NodeId id = program.nodes[root].first; id <= root; ++id) {
    const auto* name = std::get_if<syntax::Name>(&program.nodes[id].value);
    if (name && names.count(name->name)) return true;
  }
  return false;
}

/// Whether a body's name stands for an expression of the variables around the body.
bool stands_for_scalar(const syntax::Program& program, const std::string& name,
                       const Surroundings& surroundings) {
  if (surroundings.variables.empty() || !surroundings.environment) return false;
  const auto value = surroundings.environment->find(name);
  if (value == surroundings.environment->end()) return false;
  const NodeId* root = std::get_if<NodeId>(&value->second);
  return root && mentions_any(program, *root, surroundings.variables);
}

}  // namespace

bool depends_on_index(const syntax::Program& program, NodeId root, const Scopes& scopes,
                      const Surroundings& surroundings) {
  for (NodeId id = program.nodes[root].first; id <= root; ++id) {
    const auto* name = std::get_if<syntax::Name>(&program.nodes[id].value);
    if (!name) continue;
    const auto found = scopes.find(name->name, scopes.of(id).scope);
    const bool depends = found ? is_around(found->scope, scopes, root)
                               : stands_for_scalar(program, name->name, surroundings);
    if (depends) return true;
  }
  return false;
}

std::set<std::string> variables_seen(const Scopes& scopes, NodeId node) {
  std::set<std::string> names;
  for (std::optional<ScopeId> at = scopes.of(node).scope; at; at = scopes.all()[*at].parent) {
    if (!scopes.all()[*at].bindings) continue;
    for (const syntax::IndexBinding& binding : *scopes.all()[*at].bindings)
      names.insert(binding.name);
  }
  return names;
}

}  // namespace tcc

// Which index variables each node of a definition may use.
#include "frontend/scopes.h"

#include "frontend/syntax_walk.h"

namespace tcc {

Scopes::Scopes(const syntax::Program& program, const syntax::Definition& definition)
    : first_(program.nodes[definition.value].first), places_(definition.value - first_ + 1) {
  scopes_.push_back({{}, definition.bindings});
  for (syntax::NodeId end = definition.value + 1; end > first_; --end) {  // users first
    place_operands(program.nodes[end - 1], of(end - 1));
  }
}

void Scopes::place_operands(const syntax::Node& node, const Place& around) {
  const Place outer = around;
  syntax::for_each_operand(node, [&](syntax::NodeId operand) { place(operand) = outer; });
  if (const auto* subscript = std::get_if<syntax::Subscript>(&node.value)) {
    place(subscript->base).in_index = false;
    for (const syntax::NodeId index : subscript->indices)
      place(index).in_index = true;
  }
  const auto* call = std::get_if<syntax::Call>(&node.value);
  if (call && call->callee == "where" && call->arguments.size() == 3) {
    for (const bool wanted : {true, false}) {
      place(call->arguments[wanted ? 1 : 2]).guard = static_cast<GuardId>(branches_.size());
      branches_.push_back({outer.guard, call->arguments[0], wanted});
    }
  }
  if (const auto* reduction = std::get_if<syntax::Reduction>(&node.value)) {
    place(reduction->body) = {static_cast<ScopeId>(scopes_.size()), false, outer.guard};
    scopes_.push_back({outer.scope, reduction->bindings});
  }
}

std::vector<Branch> Scopes::branches_around(syntax::NodeId node) const {
  std::vector<Branch> around;
  for (std::optional<GuardId> at = of(node).guard; at; at = branches_[*at].parent)
    around.push_back(branches_[*at]);
  return around;
}

ScopeId Scopes::inside(syntax::NodeId reduction) const {
  return of(reduction - 1).scope;  // the body is the last operand
}

std::optional<Scopes::Found> Scopes::find(std::string_view name, ScopeId scope) const {
  for (std::optional<ScopeId> at = scope; at; at = scopes_[*at].parent) {
    if (!scopes_[*at].bindings) continue;
    const auto& bindings = *scopes_[*at].bindings;
    for (std::size_t b = 0; b < bindings.size(); ++b) {
      if (bindings[b].name == name) return Found{*at, b};
    }
  }
  return {};
}

bool Scopes::is_index_notation(ScopeId scope) const {
  return scope != 0 || scopes_[0].bindings.has_value();
}

}  // namespace tcc

// Which index variables each node of a definition may use (language sections 6.1 and 6.2).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dsl/syntax.h"

namespace tcc {

using ScopeId = std::uint32_t;

/// The variables of a left side or of a reduction, inside the scope around it.
struct Scope {
  std::optional<ScopeId> parent;
  std::optional<std::vector<syntax::IndexBinding>> bindings{};  ///< none: whole-tensor notation
};

using GuardId = std::uint32_t;

/// A branch of `where(condition, a, b)`, inside the branches around it (6.4).
struct Branch {
  std::optional<GuardId> parent;
  syntax::NodeId condition;
  bool wanted;  ///< the value of the condition for which the branch is taken
};

/// What a node's place says about it.
struct Place {
  ScopeId scope = 0;
  bool in_index = false;  ///< inside an index of a subscript, but not in the base of one there
  std::optional<GuardId> guard;  ///< the innermost branch around it
};

/// The scopes of one definition; scope 0 is that of its left side. They keep what they need of the
/// tree: its nodes may move as others are appended.
class Scopes {
 public:
  Scopes(const syntax::Program& program, const syntax::Definition& definition);

  const std::vector<Scope>& all() const { return scopes_; }
  const Place& of(syntax::NodeId node) const { return places_[node - first_]; }

  /// The branches around a node, innermost first.
  std::vector<Branch> branches_around(syntax::NodeId node) const;

  /// The scope of a reduction's body.
  ScopeId inside(syntax::NodeId reduction) const;

  struct Found {
    ScopeId scope;
    std::size_t binding;
  };
  /// The innermost variable of this name that `scope` sees.
  std::optional<Found> find(std::string_view name, ScopeId scope) const;

  /// Whether values are scalars here: below a left side with indices, or in a reduction's body.
  bool is_index_notation(ScopeId scope) const;

 private:
  void place_operands(const syntax::Node& node, const Place& place);
  Place& place(syntax::NodeId node) { return places_[node - first_]; }

  syntax::NodeId first_;
  std::vector<Scope> scopes_;
  std::vector<Branch> branches_;
  std::vector<Place> places_;  ///< of the nodes of the definition's value
};

}  // namespace tcc

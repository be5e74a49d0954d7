// Arguments of functions that are no tensors.
#include "frontend/literals.h"

#include "dsl/overloaded.h"

namespace tcc {

bool is_literal(const std::vector<syntax::Node>& nodes, syntax::NodeId root) {
  for (syntax::NodeId id = nodes[root].first; id <= root; ++id) {
    const bool is_part = std::visit(
        Overloaded{[](const auto&) { return true; }, [](const syntax::Name&) { return false; },
                   [](const syntax::MatMul&) { return false; },
                   [](const syntax::Call&) { return false; },
                   [](const syntax::Reduction&) { return false; },
                   [](const syntax::Subscript&) { return false; },
                   [](const syntax::Attribute&) { return false; }},
        nodes[id].value);
    if (!is_part) return false;
  }
  return true;
}

bool stands_for_itself(const std::vector<syntax::Node>& nodes, syntax::NodeId root) {
  const auto* attribute = std::get_if<syntax::Attribute>(&nodes[root].value);
  const bool is_shape = std::holds_alternative<syntax::List>(nodes[root].value) ||
                        (attribute && attribute->name == "shape");
  return is_shape || is_literal(nodes, root);
}

}  // namespace tcc

// Arguments of functions that are no tensors.
#include "frontend/literals.h"

#include <algorithm>
#include <array>
#include <string>

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

std::optional<std::string_view> literal_meant_by(std::string_view name) {
  struct Spelling {
    std::string_view lower_case;
    std::string_view literal;
  };
  static constexpr std::array<Spelling, 8> spellings = {{{"true", "true"},
                                                         {"false", "false"},
                                                         {"nan", "nan"},
                                                         {"inf", "inf"},
                                                         {"infinity", "inf"},
                                                         {"pi", "pi"},
                                                         {"none", "None"},
                                                         {"null", "None"}}};
  std::string lower_case(name);
  for (char& c : lower_case)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto found = std::find_if(spellings.begin(), spellings.end(), [&](const Spelling& each) {
    return each.lower_case == lower_case;
  });
  if (found == spellings.end() || found->literal == name) return {};
  return found->literal;
}

}  // namespace tcc

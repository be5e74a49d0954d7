// Types of einsum (language section 5.6): "bik,bkj->bij" as NumPy reads it.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

using Nodes = std::vector<checked::NodeId>;

struct EinsumText {
  std::vector<std::string> operands;  ///< letters, one for each axis
  std::string result;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Nothing where the text is none. Without `->` the result has the letters that stand once, in
/// the order of the alphabet.
std::optional<EinsumText> parse_einsum(std::string text) {
  std::erase(text, ' ');
  const std::size_t arrow = text.find("->");
  EinsumText einsum{{""}, ""};
  for (const char c : text.substr(0, arrow)) {
    if (c == ',') einsum.operands.emplace_back();
    if (c != ',' && !is_letter(c)) return {};
    if (c != ',') einsum.operands.back() += c;
  }
  if (arrow != std::string::npos) {
    einsum.result = text.substr(arrow + 2);
    return std::all_of(einsum.result.begin(), einsum.result.end(), is_letter)
               ? std::optional(einsum)
               : std::nullopt;
  }
  std::map<char, int> counts;
  for (const std::string& operand : einsum.operands)
    for (const char c : operand)
      ++counts[c];
  for (const auto& [letter, count] : counts)
    if (count == 1) einsum.result += letter;
  return einsum;
}

checked::NodeId build_einsum(PointsBuilder& builder, const Nodes& operands,
                             const EinsumText& einsum, const std::map<char, Extent>& extents) {
  std::map<char, checked::VariableId> variables;
  std::vector<checked::VariableId> axes;
  std::vector<checked::VariableId> reductions;
  for (const char letter : einsum.result) {
    variables[letter] = builder.variable(std::string(1, letter), extents.at(letter));
    axes.push_back(variables[letter]);
  }
  for (const auto& [letter, extent] : extents) {
    if (variables.count(letter)) continue;
    variables[letter] =
        builder.variable(std::string(1, letter), extent, checked::VariableRole::reduction);
    reductions.push_back(variables[letter]);
  }
  std::optional<checked::NodeId> product;
  for (std::size_t o = 0; o < operands.size(); ++o) {
    Nodes indices;
    for (const char letter : einsum.operands[o])
      indices.push_back(builder.index(variables[letter]));
    const checked::NodeId factor =
        indices.empty() ? operands[o] : builder.element(operands[o], std::move(indices));
    product = product ? builder.apply(Op::multiply, {*product, factor}) : factor;
  }
  return builder.points(axes, builder.reduce(ReducerKind::sum, reductions, *product));
}

}  // namespace

Typed Typer::einsum(NodeId id, const syntax::Call& call) {
  const auto* text =
      call.arguments.empty() ? nullptr : std::get_if<syntax::Text>(&node(call.arguments[0]).value);
  const auto einsum = text ? parse_einsum(text->value) : std::nullopt;
  if (!refuse_keywords(call)) return {};
  if (text && text->value.find("...") != std::string::npos) {
    error(DiagnosticKind::unsupported, id, "'...' in the text of 'einsum' is not supported yet")
        .suggest("write a letter for each axis");
    return {};
  }
  if (!einsum || einsum->operands.size() + 1 != call.arguments.size()) {
    error(DiagnosticKind::bad_argument, id,
          "'einsum' takes a text and a tensor for each of its parts")
        .suggest("write einsum(\"ik,kj->ij\", A, B)");
    return {};
  }
  const Operands tensors(call.arguments.begin() + 1, call.arguments.end());
  for (const NodeId tensor : tensors) {
    if (!is_whole(id, tensor)) return {};
  }
  std::map<char, Extent> extents;
  for (std::size_t o = 0; o < tensors.size(); ++o) {
    if (!add_einsum_extents(id, tensors[o], einsum->operands[o], extents)) return {};
  }
  Shape shape;
  for (const char letter : einsum->result) {
    const bool is_twice = std::count(einsum->result.begin(), einsum->result.end(), letter) > 1;
    if (extents.count(letter) && !is_twice) {
      shape.push_back(extents.at(letter));
      continue;
    }
    error(DiagnosticKind::bad_argument, call.arguments[0],
          fmt::format("'{}' stands in the result {}", letter, is_twice ? "twice" : "only"));
    return {};
  }
  const auto common = common_type(id, tensors);
  if (!common) return {};
  const auto types = accumulation_of(*common, {});
  convert(tensors, types->accumulator);
  return built(id, types->result, shape,
               {tensors, [=](PointsBuilder& builder, const Nodes& operands) {
                  return build_einsum(builder, operands, *einsum, extents);
                }});
}

bool Typer::add_einsum_extents(NodeId id, NodeId tensor, const std::string& letters,
                               std::map<char, Extent>& extents) {
  const Shape& shape = at(tensor).shape;
  if (shape.size() != letters.size()) {
    error(DiagnosticKind::rank_mismatch, id,
          fmt::format("'{}' has {} letters, but {}", letters, letters.size(),
                      describe_typed(id, tensor)));
    return false;
  }
  for (std::size_t axis = 0; axis < letters.size(); ++axis) {
    const auto [entry, is_new] = extents.emplace(letters[axis], shape[axis]);
    if (is_new || entry->second == shape[axis]) continue;
    Report& report =
        error(DiagnosticKind::size_mismatch, id,
              fmt::format("'{}' is {} and {}: {}", letters[axis], entry->second.to_string(),
                          shape[axis].to_string(), describe_typed(id, tensor)));
    note_declaration(report, tensor);
    return false;
  }
  return true;
}

}  // namespace tcc

// The operands of a node of the syntax tree.
#pragma once

#include <vector>

#include "dsl/overloaded.h"
#include "dsl/syntax.h"

namespace tcc::syntax {

/// Calls f with the id of every node directly below, in the order of the text.
template <typename F> void for_each_operand(const Node& node, F&& f) {
  std::visit(Overloaded{
                 [](const auto&) {},
                 [&](const Operation& value) {
                   for (const NodeId operand : value.operands)
                     f(operand);
                 },
                 [&](const MatMul& value) {
                   f(value.lhs);
                   f(value.rhs);
                 },
                 [&](const Call& value) {
                   for (const NodeId argument : value.arguments)
                     f(argument);
                   for (const Call::Keyword& keyword : value.keywords)
                     f(keyword.value);
                 },
                 [&](const Reduction& value) {
                   for (const IndexBinding& binding : value.bindings) {
                     if (!binding.begin) continue;
                     f(*binding.begin);
                     f(*binding.end);
                   }
                   f(value.body);
                 },
                 [&](const Subscript& value) {
                   f(value.base);
                   for (const NodeId index : value.indices)
                     f(index);
                 },
                 [&](const Attribute& value) { f(value.base); },
                 [&](const Slice& value) {
                   for (const auto& part : {value.begin, value.end, value.step}) {
                     if (part) f(*part);
                   }
                 },
                 [&](const List& value) {
                   for (const NodeId element : value.elements)
                     f(element);
                 },
             },
             node.value);
}

/// The ends of the ranges of a left side, and the extents of its type.
inline std::vector<NodeId> sizes_of_left_side(const Definition& definition) {
  std::vector<NodeId> sizes;
  if (definition.bindings) {
    for (const IndexBinding& binding : *definition.bindings) {
      if (!binding.begin) continue;
      sizes.push_back(*binding.begin);
      sizes.push_back(*binding.end);
    }
  }
  if (definition.type) {
    sizes.insert(sizes.end(), definition.type->extents.begin(), definition.type->extents.end());
  }
  return sizes;
}

}  // namespace tcc::syntax

// Whole-tensor values given point by point: how functions of shapes are said in the checked
// program.
#pragma once

#include <vector>

#include "frontend/checked.h"

namespace tcc {

/// Appends nodes to a checked program, operands before their users. Every node is used once.
class PointsBuilder {
 public:
  PointsBuilder(checked::Program& program, Span span) : program_(program), span_(span) {}

  const checked::Node& node(checked::NodeId id) const { return program_.nodes[id]; }

  /// A new variable that runs over 0:extent.
  checked::VariableId variable(std::string name, const Extent& extent,
                               checked::VariableRole role = checked::VariableRole::axis);
  /// One for each extent: i0, i1, ..
  std::vector<checked::VariableId> variables(const Shape& shape);

  checked::NodeId index(checked::VariableId variable);  ///< its value, i64
  checked::NodeId size(const Extent& value);            ///< i64
  checked::NodeId number(double value, DType dtype);    ///< of any type

  /// The type is that of the last operand; comparisons and logic give bool.
  checked::NodeId apply(Op op, std::vector<checked::NodeId> operands);
  checked::NodeId convert(checked::NodeId operand, DType dtype);
  checked::NodeId element(checked::NodeId base, std::vector<checked::NodeId> indices,
                          std::vector<checked::Guard> guards = {},
                          std::vector<std::uint32_t> checked_axes = {});
  checked::NodeId reduce(ReducerKind reducer, std::vector<checked::VariableId> variables,
                         checked::NodeId body);
  /// The operand's cumulative sum, product, ..
  checked::NodeId scan(ReducerKind reducer, checked::NodeId operand, std::uint32_t axis);
  checked::NodeId sort_places(checked::NodeId operand, std::uint32_t axis, SortOrder order);
  /// The tensor that has `body` at every point of the variables' ranges.
  checked::NodeId points(std::vector<checked::VariableId> axes, checked::NodeId body);

 private:
  checked::NodeId add(DType dtype, Shape shape, const std::vector<checked::NodeId>& operands,
                      decltype(checked::Node::value) value);

  checked::Program& program_;
  Span span_;
};

}  // namespace tcc

// Whole-tensor values given point by point.
#include "frontend/points_builder.h"

#include <algorithm>

#include <fmt/format.h>

#include "dsl/dtypes.h"

namespace tcc {

using checked::NodeId;
using checked::VariableId;

VariableId PointsBuilder::variable(std::string name, const Extent& extent,
                                   checked::VariableRole role) {
  program_.variables.push_back({std::move(name), span_, role, 0, extent});
  return static_cast<VariableId>(program_.variables.size() - 1);
}

std::vector<VariableId> PointsBuilder::variables(const Shape& shape) {
  std::vector<VariableId> axes;
  for (const Extent& extent : shape)
    axes.push_back(variable(fmt::format("i{}", axes.size()), extent));
  return axes;
}

NodeId PointsBuilder::add(DType dtype, Shape shape, const std::vector<NodeId>& operands,
                          decltype(checked::Node::value) value) {
  const auto id = static_cast<NodeId>(program_.nodes.size());
  NodeId first = id;
  for (const NodeId operand : operands)
    first = std::min(first, program_.nodes[operand].first);
  program_.nodes.push_back({dtype, std::move(shape), span_, first, std::move(value)});
  return id;
}

NodeId PointsBuilder::index(VariableId variable) {
  return add(DType::i64, {}, {}, checked::IndexValue{variable});
}

NodeId PointsBuilder::size(const Extent& value) {
  const auto constant = value.constant();
  if (constant) return add(DType::i64, {}, {}, checked::Literal{*constant});
  return add(DType::i64, {}, {}, checked::SizeValue{value});
}

NodeId PointsBuilder::number(double value, DType dtype) {
  if (is_float(dtype)) return add(dtype, {}, {}, checked::Literal{value});
  if (dtype == DType::boolean) return add(dtype, {}, {}, checked::Literal{value != 0});
  return add(dtype, {}, {}, checked::Literal{static_cast<std::int64_t>(value)});
}

NodeId PointsBuilder::apply(Op op, std::vector<NodeId> operands) {
  const OpTyping typing = info_of(op).typing;
  const bool gives_bool = typing == OpTyping::comparison || typing == OpTyping::logical;
  const DType dtype = gives_bool ? DType::boolean : node(operands.back()).dtype;
  const std::vector<NodeId> all = operands;
  return add(dtype, {}, all, checked::Elementwise{op, std::move(operands)});
}

NodeId PointsBuilder::convert(NodeId operand, DType dtype) {
  if (node(operand).dtype == dtype) return operand;
  return add(dtype, node(operand).shape, {operand}, checked::Convert{operand});
}

NodeId PointsBuilder::element(NodeId base, std::vector<NodeId> indices,
                              std::vector<checked::Guard> guards,
                              std::vector<std::uint32_t> checked_axes) {
  std::vector<NodeId> operands = indices;
  operands.push_back(base);
  return add(
      node(base).dtype, {}, operands,
      checked::Element{base, std::move(indices), std::move(guards), std::move(checked_axes)});
}

NodeId PointsBuilder::reduce(ReducerKind reducer, std::vector<VariableId> variables, NodeId body) {
  if (variables.empty()) return body;
  return add(node(body).dtype, {}, {body},
             checked::ReduceVariables{reducer, std::move(variables), body});
}

NodeId PointsBuilder::scan(ReducerKind reducer, NodeId operand, std::uint32_t axis) {
  return add(node(operand).dtype, node(operand).shape, {operand},
             checked::Scan{reducer, operand, axis});
}

NodeId PointsBuilder::sort_places(NodeId operand, std::uint32_t axis, SortOrder order) {
  return add(DType::i64, node(operand).shape, {operand}, checked::SortPlaces{operand, axis, order});
}

NodeId PointsBuilder::points(std::vector<VariableId> axes, NodeId body) {
  if (axes.empty()) return body;
  Shape shape;
  for (const VariableId axis : axes)
    shape.push_back(program_.variables[axis].extent);
  return add(node(body).dtype, std::move(shape), {body}, checked::Points{std::move(axes), body});
}

}  // namespace tcc

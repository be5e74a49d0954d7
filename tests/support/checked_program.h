// For tests: checked programs put together node by node, without a text.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "frontend/checked.h"

namespace tcc::checked {

/// Every node is used once, and made after its operands and before anything else that does not
/// belong to its user, as in the parser's order.
class ProgramBuilder {
 public:
  Program program;

  TensorId input(std::string name, DType dtype, Shape shape) {
    const TensorId id = tensor(std::move(name), dtype, std::move(shape), TensorRole::input);
    program.inputs.push_back(id);
    return id;
  }

  /// An output.
  TensorId define(std::string name, NodeId value) {
    return define(std::move(name), false, {}, program.nodes[value].shape, value);
  }
  TensorId define_points(std::string name, std::vector<VariableId> axes, NodeId value) {
    Shape shape;
    for (const VariableId axis : axes)
      shape.push_back(program.variables[axis].extent);
    return define(std::move(name), true, std::move(axes), std::move(shape), value);
  }

  VariableId variable(VariableRole role, Extent extent, Extent begin = 0) {
    program.variables.push_back({"i", {}, role, std::move(begin), std::move(extent)});
    return static_cast<VariableId>(program.variables.size() - 1);
  }

  NodeId whole(TensorId id) {
    return add(program.tensors[id].dtype, program.tensors[id].shape, TensorValue{id}, {});
  }
  NodeId number(double value, DType dtype = DType::f32) {
    return add(dtype, {}, Literal{value}, {});
  }
  NodeId integer(std::int64_t value) { return add(DType::i64, {}, Literal{value}, {}); }
  NodeId size(Extent extent) { return add(DType::i64, {}, SizeValue{std::move(extent)}, {}); }
  NodeId index(VariableId variable) { return add(DType::i64, {}, IndexValue{variable}, {}); }

  /// The shape is that of the operand of the highest rank.
  NodeId apply(Op op, std::vector<NodeId> operands) {
    const bool to_bool = info_of(op).typing == OpTyping::comparison;
    const DType dtype = to_bool ? DType::boolean : program.nodes[operands.back()].dtype;
    Shape shape;
    for (const NodeId operand : operands) {
      const Shape& other = program.nodes[operand].shape;
      if (other.size() >= shape.size()) shape = other;
    }
    return add(dtype, std::move(shape), Elementwise{op, operands}, operands);
  }
  NodeId convert(DType dtype, NodeId operand) {
    return add(dtype, program.nodes[operand].shape, Convert{operand}, {operand});
  }
  NodeId matmul(NodeId lhs, NodeId rhs, Shape shape) {
    return add(program.nodes[lhs].dtype, std::move(shape), MatMul{lhs, rhs}, {lhs, rhs});
  }
  NodeId transpose(NodeId operand, std::vector<std::uint32_t> permutation) {
    const Node& node = program.nodes[operand];
    Shape shape;
    for (const std::uint32_t axis : permutation)
      shape.push_back(node.shape[axis]);
    return add(node.dtype, std::move(shape), Transpose{operand, std::move(permutation)}, {operand});
  }
  NodeId reduce(ReducerKind kind, NodeId operand, std::vector<std::uint32_t> axes, Shape shape,
                KeepAxes keep = KeepAxes::no) {
    return add(program.nodes[operand].dtype, std::move(shape),
               ReduceAxes{kind, operand, std::move(axes), keep}, {operand});
  }
  NodeId element(NodeId base, std::vector<NodeId> indices) {
    std::vector<NodeId> operands = {base};
    operands.insert(operands.end(), indices.begin(), indices.end());
    return add(program.nodes[base].dtype, {}, Element{base, std::move(indices)}, operands);
  }
  NodeId reduce_points(ReducerKind kind, std::vector<VariableId> variables, NodeId body) {
    return add(program.nodes[body].dtype, {}, ReduceVariables{kind, std::move(variables), body},
               {body});
  }

 private:
  template <typename Value>
  NodeId add(DType dtype, Shape shape, Value value, const std::vector<NodeId>& operands) {
    const auto id = static_cast<NodeId>(program.nodes.size());
    NodeId first = id;
    for (const NodeId operand : operands)
      first = std::min(first, program.nodes[operand].first);
    program.nodes.push_back({dtype, std::move(shape), {}, first, std::move(value)});
    return id;
  }

  TensorId tensor(std::string name, DType dtype, Shape shape, TensorRole role) {
    program.tensors.push_back({std::move(name), dtype, std::move(shape), {}, role});
    return static_cast<TensorId>(program.tensors.size() - 1);
  }

  TensorId define(std::string name, bool index_notation, std::vector<VariableId> axes, Shape shape,
                  NodeId value) {
    const TensorId id = tensor(std::move(name), program.nodes[value].dtype, std::move(shape),
                               TensorRole::definition);
    program.definitions.push_back({id, index_notation, std::move(axes), value});
    program.outputs.push_back(id);
    return id;
  }
};

}  // namespace tcc::checked

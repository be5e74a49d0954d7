// The checked program: every name resolved, every value typed, every range known.
//
// It is what the language means by a text, before any decision about loops. Both the lowering to
// the graph and the reference evaluator start from it, and share nothing after it.
//
// Expressions lie in one vector, operands before their users; the subtree of a node is the
// contiguous range [first, id], as in the syntax tree. A node has either a whole-tensor value
// (shape of any rank) or, in index notation, a scalar one that depends on index variables.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <tcc/dtype.h>

#include "dsl/diagnostic.h"
#include "dsl/extent.h"
#include "dsl/operators.h"
#include "dsl/source.h"

namespace tcc::checked {

using NodeId = std::uint32_t;
using TensorId = std::uint32_t;  ///< inputs first, then definitions in order of the file
using VariableId = std::uint32_t;

enum class VariableRole : std::uint8_t { axis, reduction };

/// i in begin : begin + extent
struct Variable {
  std::string name;
  Span span;
  VariableRole role;
  Extent begin;
  Extent extent;
};

struct Literal {
  std::variant<bool, std::int64_t, double> value;
};
/// A size or size expression as a value.
struct SizeValue {
  Extent value;
};
/// An index variable as a value, i64.
struct IndexValue {
  VariableId variable;
};
/// A whole tensor.
struct TensorValue {
  TensorId tensor;
};
/// Operands broadcast as in NumPy; all have the same element type but for `select`'s condition.
struct Elementwise {
  Op op;
  std::vector<NodeId> operands;
};
/// Conversion to the node's element type.
struct Convert {
  NodeId operand;
};
/// NumPy's matmul, batch dimensions included; operands of rank 1 or more.
struct MatMul {
  NodeId lhs, rhs;
};
/// Axis d of the result is axis `permutation[d]` of the operand.
struct Transpose {
  NodeId operand;
  std::vector<std::uint32_t> permutation;
};
enum class KeepAxes : std::uint8_t { no, yes };
/// A reduction over whole axes (ascending, unique). A place is that in row-major order.
struct ReduceAxes {
  ReducerKind reducer;
  NodeId operand;
  std::vector<std::uint32_t> axes;
  KeepAxes keep;
};
/// The operand's cumulative sum, product, maximum .. along an axis: at k of its elements 0 to k.
struct Scan {
  ReducerKind reducer;
  NodeId operand;
  std::uint32_t axis;
};
/// For each place along an axis of the sorted operand, where in the operand its element stands,
/// i64. NaN is greater than every number; equal elements keep their order.
struct SortPlaces {
  NodeId operand;
  std::uint32_t axis;
  SortOrder order;
};
/// A read happens only where the condition, a bool scalar, is `wanted` (6.4).
struct Guard {
  NodeId condition;
  bool wanted;
};
/// base[indices] in index notation; `base` mentions no index variable. Indices are i64 scalars,
/// proven inside the base's extents where the guards let the read happen, covered by a Condition,
/// or on one of the `checked_axes`: then an index outside ends the run with an error (6.6).
struct Element {
  NodeId base;
  std::vector<NodeId> indices;
  std::vector<Guard> guards{};
  std::vector<std::uint32_t> checked_axes{};
};
/// The whole tensor that has `body`, in index notation, at every point of its axes.
struct Points {
  std::vector<VariableId> axes;
  NodeId body;
};
/// reducer[variables](body) in index notation. The place that argmax and argmin give is the value
/// of a single variable, and of several the position in the row-major order of their ranges.
struct ReduceVariables {
  ReducerKind reducer;
  std::vector<VariableId> variables;
  NodeId body;
};

struct Node {
  DType dtype;
  Shape shape;  ///< empty for scalars
  Span span;
  NodeId first;  ///< the first node of this subtree
  std::variant<Literal, SizeValue, IndexValue, TensorValue, Elementwise, Convert, MatMul, Transpose,
               ReduceAxes, Scan, SortPlaces, Element, Points, ReduceVariables>
      value;
};

enum class TensorRole : std::uint8_t { input, param, definition };

struct Tensor {
  std::string name;
  DType dtype;
  Shape shape;
  Span span;  ///< of the name where it is declared or defined
  TensorRole role;
};

/// name[axes] = value; no axes in whole-tensor notation, where the value has the tensor's shape.
/// In index notation axis d of the tensor runs over `axes[d]`, whose begin is 0 (6.3).
struct Definition {
  TensorId tensor;
  bool index_notation;
  std::vector<VariableId> axes;
  NodeId value;
};

/// What must hold of the sizes of a run and could not be decided when compiling: left >= right,
/// where all of `unless_empty` (the loops around what needs it) have iterations.
struct Condition {
  Extent left;
  Extent right;
  Shape unless_empty;
  DiagnosticKind kind;
  std::string message;  ///< as in a diagnostic
  Span span;
};

/// The value that a param has after the run.
struct Update {
  TensorId param;
  TensorId value;
};

/// What a program takes and gives, and what must hold of the sizes of a run: all that is needed to
/// call it.
struct Signature {
  std::vector<Tensor> tensors;
  std::vector<TensorId> inputs;  ///< in the order of declaration (3.8: of appearance)
  std::vector<TensorId> outputs;
  std::vector<Update> updates;
  std::vector<std::string> size_names;  ///< in order of introduction; each is an input's extent
  std::vector<Condition> conditions;
};

struct Program : Signature {
  std::vector<Node> nodes;
  std::vector<Variable> variables;
  std::vector<Definition> definitions;  ///< in dependency order
};

/// Whether a tensor leaves the run: an output, or the next value of a param.
inline bool is_result(const Signature& program, TensorId tensor) {
  const auto is_value = [tensor](const Update& update) { return update.value == tensor; };
  return std::find(program.outputs.begin(), program.outputs.end(), tensor) !=
             program.outputs.end() ||
         std::any_of(program.updates.begin(), program.updates.end(), is_value);
}

}  // namespace tcc::checked

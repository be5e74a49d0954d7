// What is known of each node of a definition once its operands are: between the syntax tree and
// the checked program.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dsl/syntax.h"
#include "frontend/checked.h"
#include "frontend/points_builder.h"
#include "frontend/scopes.h"
#include "frontend/weak.h"

namespace tcc {

/// constant + sum of coefficient * variable.
struct Affine {
  Extent constant;
  std::map<checked::VariableId, Extent> coefficients;  ///< none is zero
};

/// The type of a node, and what its user wants of it.
struct Typed {
  bool is_known = false;  ///< false: an error was reported here or below
  DType dtype = DType::i64;
  Shape shape;
  /// Only literals and sizes (2.4): i64 or f64 until its user says otherwise.
  bool is_weak = false;
  std::optional<WeakValue> value;              ///< of a weak one, where it can be folded
  std::vector<checked::VariableId> variables;  ///< index variables it depends on, sorted
  std::optional<Affine> affine;                ///< of an i64 scalar in index notation
  std::optional<DType> wanted;                 ///< the type that its user converts it to
  std::optional<DType> accumulator;            ///< of a sum, product or `@`: what it computes in

  bool is_scalar() const { return shape.empty(); }
  bool mentions_index() const { return !variables.empty(); }
  /// The type of a weak one that nothing gives another (2.4).
  DType alone() const { return dtype == DType::f64 ? DType::f32 : DType::i64; }

  static Typed strong(DType dtype, Shape shape = {}) {
    Typed typed;
    typed.is_known = true;
    typed.dtype = dtype;
    typed.shape = std::move(shape);
    return typed;
  }
  static Typed weak(WeakValue value) {
    Typed typed = strong(std::holds_alternative<double>(value) ? DType::f64 : DType::i64);
    typed.is_weak = true;
    typed.value = std::move(value);
    return typed;
  }
};

/// base[indices] in index notation: bounds the variables in it, and is checked against theirs.
struct ReadSite {
  syntax::NodeId node;  ///< a Subscript
  std::string base;     ///< "'A'" for messages
  std::string type;     ///< "f32[M, K]"
  Shape shape;
  std::vector<syntax::NodeId> indices;
  std::vector<checked::VariableId> inside;  ///< variables of the loops that surely are around it
  std::vector<Branch> branches;             ///< of `where` around it, innermost first
};

/// How a read is kept inside its tensor at run time, where that is not proven.
struct ReadGuards {
  std::vector<Branch> branches;             ///< it happens only where these are taken
  std::vector<std::uint32_t> checked_axes;  ///< whose index is checked for each element
};

/// A reduction over variables or axes that may have nothing to reduce (5.4).
struct ReductionSite {
  Span span;
  std::string reducer;
  Shape reduced;
  std::vector<checked::VariableId> variables;  ///< reduced ones, in index notation
  Shape result;
  std::vector<checked::VariableId> inside;  ///< variables of the scopes around it
};

/// A reduction by the name that the program calls it.
struct NamedReduction {
  std::string_view name;
  ReducerKind kind;  ///< `mean` is a sum
  bool is_mean;
};
std::optional<NamedReduction> reduction_named(std::string_view name);

/// What sum(x, axis, keep) has in its arguments.
struct AxisReduction {
  syntax::NodeId operand;
  std::vector<std::uint32_t> axes;
  checked::KeepAxes keep = checked::KeepAxes::no;
  std::optional<DType> accumulator;  ///< that `acc =` names
  bool has_initial = false;          ///< `initial =` says what it gives over zero elements
};

/// A function of shapes, or a slice: the tensors that it takes, and the nodes that it becomes.
struct ShapeFunction {
  std::vector<syntax::NodeId> operands;
  std::function<checked::NodeId(PointsBuilder&, const std::vector<checked::NodeId>& operands)>
      build;
};

/// One definition, typed.
struct TypedDefinition {
  syntax::NodeId first = 0;
  std::vector<Typed> nodes;                                 ///< of its value, by id - first
  std::vector<std::vector<checked::VariableId>> variables;  ///< of each scope
  std::vector<checked::VariableId> open;                    ///< without a written range
  std::map<syntax::NodeId, AxisReduction> axis_reductions;  ///< by the Call
  std::map<syntax::NodeId, DType> means;                    ///< what the sum is divided in
  std::map<syntax::NodeId, ShapeFunction> shape_functions;  ///< by the Call or the Subscript
  std::map<syntax::NodeId, syntax::MatMul> products;        ///< matmul(..), by the Call
  std::vector<ReadSite> reads;
  std::map<syntax::NodeId, ReadGuards> read_guards;  ///< by the Subscript
  std::vector<ReductionSite> reductions;
  std::vector<checked::Condition> requirements;  ///< of the sizes, by functions of shapes

  Typed& operator[](syntax::NodeId id) { return nodes[id - first]; }
  const Typed& operator[](syntax::NodeId id) const { return nodes[id - first]; }
};

}  // namespace tcc

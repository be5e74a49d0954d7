// From the checked program to the graph: a Compute ends at each reduction, at each definition, and
// at each operand of a matrix product that takes computing.
//
// A definition is walked twice, never by recursion: users first to tell each node at which indices
// it is wanted, operands first to build expressions.
#include "frontend/lower_to_graph.h"

#include <algorithm>

#include <fmt/format.h>

#include "dsl/overloaded.h"
#include "frontend/graph_builder.h"
#include "frontend/lower_elementwise.h"
#include "frontend/lower_extents.h"
#include "frontend/lower_places.h"
#include "frontend/lowering_loops.h"
#include "frontend/needed_definitions.h"
#include "frontend/node_variables.h"
#include "frontend/read_message.h"
#include "ir/visit.h"

namespace tcc {

namespace {

using checked::NodeId;
using ir::Axis;
using ir::Expr;
using Indices = std::vector<Expr>;

/// The loops of a Compute that a node begins.
struct Loops {
  std::vector<Axis> axes;
  std::vector<Axis> reductions;
};

class DefinitionLowering {
 public:
  DefinitionLowering(GraphBuilder& builder, const checked::Definition& definition)
      : builder_(builder),
        program_(builder.program),
        definition_(definition),
        tensor_(program_.tensors[definition.tensor]),
        first_(node(definition.value).first),
        nodes_(definition.value - first_ + 1),
        variables_(variables_of_nodes(program_, definition)),
        loops_(builder) {}

  void lower() {
    const ir::OriginId origin = builder_.origin(tensor_.span);
    make_own_axes(origin);
    for (NodeId id = definition_.value + 1; id-- > first_;)
      place_operands(id);
    for (NodeId id = first_; id <= definition_.value; ++id)
      build(id);
    const auto use =
        is_result(program_, definition_.tensor) ? ir::TensorUse::output : ir::TensorUse::temporary;
    builder_.buffers[definition_.tensor] =
        builder_.add({tensor_.name, tensor_.dtype, builder_.lower_shape(tensor_.shape, origin), use,
                      origin, std::move(computed_)});
  }

 private:
  struct Lowering {
    Indices indices;  ///< at which its user wants it
    std::size_t environment = 0;
    bool is_stored = false;  ///< its value is a tensor of its own
    Loops loops;             ///< of a stored one, and of the definition's own
    ir::BufferId buffer;
    Expr value;  ///< at `indices`
  };

  const checked::Node& node(NodeId id) const { return program_.nodes[id]; }
  Lowering& at(NodeId id) { return nodes_[id - first_]; }
  const Extent& extent_of(NodeId id, std::size_t axis) const { return node(id).shape[axis]; }

  void make_own_axes(ir::OriginId origin) {
    if (!definition_.index_notation) {
      own_axes_ = loops_.new_axes(node(definition_.value).shape, origin);
      at(definition_.value).indices = variables_of(own_axes_);
    }
    for (const checked::VariableId id : definition_.axes) {
      own_axes_.push_back(loops_.variable_axis(id, 0));
    }
    at(definition_.value).loops.axes = own_axes_;
  }

  // --- first walk: where each node is wanted

  void place_operands(NodeId id) {
    std::visit([&](const auto& value) { place(id, value); }, node(id).value);
  }

  template <typename Leaf> void place(NodeId, const Leaf&) {}

  void place(NodeId id, const checked::Convert& value) {
    begin_stored(id);
    pass_on(id, value.operand);
  }

  void place(NodeId id, const checked::Elementwise& value) {
    begin_stored(id);
    for (const NodeId operand : value.operands)
      pass_on(id, operand);
  }

  /// Gives an operand its user's indices, as broadcasting has it.
  void pass_on(NodeId id, NodeId operand) {
    at(operand).environment = at(id).environment;
    at(operand).indices =
        broadcast(inner_indices(id), node(id).shape, node(operand).shape, node(operand).span);
  }

  Indices broadcast(const Indices& indices, const Shape& from, const Shape& to, Span span) {
    Indices result;
    const std::size_t skipped = from.size() - to.size();
    for (std::size_t axis = 0; axis < to.size(); ++axis) {
      const bool is_same = to[axis] == from[axis + skipped];
      result.push_back(is_same ? indices[axis + skipped] : ir::make_int(0, builder_.origin(span)));
    }
    return result;
  }

  void place(NodeId id, const checked::Transpose& value) {
    begin_stored(id);
    const Indices indices = inner_indices(id);
    Lowering& operand = at(value.operand);
    operand.environment = at(id).environment;
    operand.indices.resize(value.permutation.size());
    for (std::size_t axis = 0; axis < value.permutation.size(); ++axis) {
      operand.indices[value.permutation[axis]] = indices[axis];
    }
  }

  void place(NodeId id, const checked::MatMul& value) {
    begin_reduction(id);
    Lowering& product = at(id);
    const ir::OriginId origin = builder_.origin(node(id).span);
    product.loops.reductions = {builder_.axis("k0", 0, node(value.lhs).shape.back(), origin)};
    const Expr inner = product.loops.reductions[0].var;
    const std::size_t columns = node(value.rhs).shape.size() > 1 ? 1 : 0;
    const std::size_t rows = node(value.lhs).shape.size() > 1 ? 1 : 0;
    const std::size_t batch = product.loops.axes.size() - rows - columns;
    const Indices axes = variables_of(product.loops.axes);

    Indices left(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(batch + rows));
    Shape left_shape(node(id).shape.begin(),
                     node(id).shape.begin() + static_cast<std::ptrdiff_t>(batch + rows));
    left.push_back(inner);
    left_shape.push_back(node(value.lhs).shape.back());
    wanted_by_product(value.lhs, id, left, left_shape);

    Indices right(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(batch));
    Shape right_shape(node(id).shape.begin(),
                      node(id).shape.begin() + static_cast<std::ptrdiff_t>(batch));
    right.push_back(inner);
    right_shape.push_back(node(value.lhs).shape.back());
    if (columns == 1) {
      right.push_back(axes.back());
      right_shape.push_back(node(id).shape.back());
    }
    wanted_by_product(value.rhs, id, right, right_shape);
  }

  /// What takes computing is computed once, and not once for each row or column; a conversion is
  /// cheaper than memory for its result.
  void wanted_by_product(NodeId operand, NodeId product, const Indices& indices,
                         const Shape& shape) {
    at(operand).environment = at(product).environment;
    at(operand).indices = broadcast(indices, shape, node(operand).shape, node(operand).span);
    NodeId computed = operand;
    for (;;) {
      const auto* transpose = std::get_if<checked::Transpose>(&node(computed).value);
      const auto* conversion = std::get_if<checked::Convert>(&node(computed).value);
      if (!transpose && !conversion) break;
      computed = transpose ? transpose->operand : conversion->operand;
    }
    at(computed).is_stored = std::holds_alternative<checked::Elementwise>(node(computed).value) ||
                             std::holds_alternative<checked::Points>(node(computed).value);
  }

  void place(NodeId id, const checked::ReduceAxes& value) {
    if (value.axes.empty()) {
      begin_stored(id);
      return pass_on(id, value.operand);
    }
    begin_reduction(id);
    Lowering& reduction = at(id);
    const ir::OriginId origin = builder_.origin(node(id).span);
    Indices indices;
    std::size_t next_axis = 0;
    for (std::uint32_t axis = 0; axis < node(value.operand).shape.size(); ++axis) {
      const bool is_reduced = std::binary_search(value.axes.begin(), value.axes.end(), axis);
      if (is_reduced) {
        reduction.loops.reductions.push_back(
            builder_.axis(fmt::format("k{}", reduction.loops.reductions.size()), 0,
                          extent_of(value.operand, axis), origin));
        indices.push_back(reduction.loops.reductions.back().var);
      } else {
        indices.push_back(reduction.loops.axes[next_axis].var);
      }
      if (!is_reduced || value.keep == checked::KeepAxes::yes) ++next_axis;
    }
    at(value.operand).environment = reduction.environment;
    at(value.operand).indices = std::move(indices);
  }

  void place(NodeId id, const checked::Scan& value) { place_along_axis(id, value.operand); }
  void place(NodeId id, const checked::SortPlaces& value) { place_along_axis(id, value.operand); }

  void place_along_axis(NodeId id, NodeId operand) {
    begin_reduction(id);
    at(operand).environment = at(id).environment;
    at(operand).indices = variables_of(at(id).loops.axes);
  }

  /// The base is built at axes of its own, in whose place the indices are put.
  void place(NodeId id, const checked::Element& value) {
    for (const NodeId index : value.indices)
      at(index).environment = at(id).environment;
    for (const checked::Guard& guard : value.guards)
      at(guard.condition).environment = at(id).environment;
    const auto axes =
        loops_.new_axes(node(value.base).shape, builder_.origin(node(value.base).span));
    at(value.base).indices = variables_of(axes);
    at(value.base).environment = loops_.new_environment();
    // What is read under a condition must be a tensor: nothing else can be left unread.
    const bool is_guarded = !value.guards.empty() || !value.checked_axes.empty();
    at(value.base).is_stored |=
        is_guarded && !std::holds_alternative<checked::TensorValue>(node(value.base).value);
  }

  /// The body is wanted where its axes are the indices at which the whole is.
  void place(NodeId id, const checked::Points& value) {
    begin_stored(id);
    const Indices indices = inner_indices(id);
    const std::size_t environment = loops_.new_environment();
    for (std::size_t axis = 0; axis < value.axes.size(); ++axis)
      loops_.value_of(value.axes[axis], environment) = indices[axis];
    at(value.body).environment = environment;
  }

  void place(NodeId id, const checked::ReduceVariables& value) {
    Lowering& reduction = at(id);
    std::size_t environment = reduction.environment;
    if (id != definition_.value) {
      environment = loops_.new_environment();
      reduction.is_stored = true;
      for (const checked::VariableId variable : variables_[id - first_]) {
        reduction.indices.push_back(loops_.position_of(variable, reduction.environment));
        reduction.loops.axes.push_back(loops_.stored_axis(variable, environment));
      }
    }
    for (const checked::VariableId variable : value.variables) {
      reduction.loops.reductions.push_back(loops_.variable_axis(variable, environment));
    }
    at(value.body).environment = environment;
  }

  // --- loops

  /// A reduction over whole axes, or a scan or sort, ends a Compute: the definition's own in
  /// whole-tensor notation, a new one otherwise.
  void begin_reduction(NodeId id) {
    if (id == definition_.value && !definition_.index_notation) return;
    at(id).is_stored = true;
    begin_stored(id);
  }

  /// New axes for a stored whole-tensor value.
  void begin_stored(NodeId id) {
    if (!at(id).is_stored) return;
    at(id).loops.axes = loops_.new_axes(node(id).shape, builder_.origin(node(id).span));
  }

  /// The indices at which what is below a node is wanted.
  Indices inner_indices(NodeId id) {
    return at(id).is_stored ? variables_of(at(id).loops.axes) : at(id).indices;
  }

  // --- second walk: expressions

  void build(NodeId id) {
    const ir::OriginId origin = builder_.origin(node(id).span);
    Lowering& lowering = at(id);
    Expr body = std::visit([&](const auto& value) { return expression(id, value, origin); },
                           node(id).value);
    ir::Tensor::Definition made = definition_of(id, std::move(body), origin);
    if (lowering.is_stored) {
      lowering.value = store(id, std::move(made), origin);
      made = ir::Compute{own_axes_, {}, {}, lowering.value, {}};
    } else if (const auto* compute = std::get_if<ir::Compute>(&made)) {
      lowering.value = compute->body;
    }
    if (id != definition_.value) return;
    computed_ = with_checks(std::move(made));
  }

  ir::Tensor::Definition definition_of(NodeId id, Expr body, ir::OriginId origin) {
    const Loops& loops = at(id).loops;
    if (const auto* scan = std::get_if<checked::Scan>(&node(id).value)) {
      return ir::Scan{loops.axes, scan->axis,
                      ir::make_reducer(scan->reducer, node(id).dtype, origin), std::move(body)};
    }
    if (const auto* sort = std::get_if<checked::SortPlaces>(&node(id).value)) {
      return ir::Sort{loops.axes, sort->axis, sort->order, std::move(body)};
    }
    if (loops.reductions.empty()) return ir::Compute{loops.axes, {}, {}, std::move(body)};
    const ReducerKind kind = reducer_of(id);
    if (gives_place(kind)) {
      return lower_places({kind, loops.axes, loops.reductions, std::move(body)}, loops_,
                          [&](ir::Tensor::Definition made, DType dtype) {
                            return add_temporary(std::move(made), dtype, origin);
                          });
    }
    return ir::Compute{loops.axes, loops.reductions, ir::make_reducer(kind, node(id).dtype, origin),
                       std::move(body)};
  }

  /// The checks of what is read so far go with the next thing that is computed.
  ir::Tensor::Definition with_checks(ir::Tensor::Definition made) {
    std::visit(Overloaded{[](ir::Placeholder&) {},
                          [&](auto& each) { each.checks = std::exchange(checks_, {}); }},
               made);
    return made;
  }

  Expr store(NodeId id, ir::Tensor::Definition made, ir::OriginId origin) {
    at(id).buffer = add_temporary(std::move(made), node(id).dtype, origin);
    return ir::make_load(node(id).dtype, at(id).buffer, at(id).indices, origin);
  }

  ir::BufferId add_temporary(ir::Tensor::Definition made, DType dtype, ir::OriginId origin) {
    ir::Tensor tensor{fmt::format("{}.{}", tensor_.name, ++stored_count_),
                      dtype,
                      {},
                      ir::TensorUse::temporary,
                      origin,
                      with_checks(std::move(made))};
    for (const Axis& axis : tensor.axes())
      tensor.shape.push_back(axis.extent);
    return builder_.add(std::move(tensor));
  }

  ReducerKind reducer_of(NodeId id) const {
    if (const auto* axes = std::get_if<checked::ReduceAxes>(&node(id).value)) return axes->reducer;
    if (const auto* variables = std::get_if<checked::ReduceVariables>(&node(id).value)) {
      return variables->reducer;
    }
    return ReducerKind::sum;  // a matrix product
  }

  Expr expression(NodeId id, const checked::Literal& literal, ir::OriginId origin) {
    const DType dtype = node(id).dtype;
    if (const auto* truth = std::get_if<bool>(&literal.value)) return ir::make_bool(*truth, origin);
    if (const auto* number = std::get_if<double>(&literal.value)) {
      return ir::make_float(*number, dtype, origin);
    }
    return ir::make_int(std::get<std::int64_t>(literal.value), origin, dtype);
  }

  Expr expression(NodeId id, const checked::SizeValue& value, ir::OriginId origin) {
    return converted(lower_extent(value.value, builder_.sizes, origin), node(id).dtype, origin);
  }

  static Expr converted(Expr value, DType dtype, ir::OriginId origin) {
    return value->type.dtype == dtype ? value : ir::make_cast(dtype, std::move(value), origin);
  }

  Expr expression(NodeId id, const checked::IndexValue& value, ir::OriginId) {
    return loops_.value_of(value.variable, at(id).environment);
  }

  Expr expression(NodeId id, const checked::TensorValue& value, ir::OriginId origin) {
    return ir::make_load(node(id).dtype, builder_.buffers.at(value.tensor), at(id).indices, origin);
  }

  Expr expression(NodeId, const checked::Elementwise& value, ir::OriginId origin) {
    std::vector<Expr> operands;
    for (const NodeId operand : value.operands)
      operands.push_back(at(operand).value);
    return lower_elementwise(value.op, std::move(operands), origin);
  }

  Expr expression(NodeId id, const checked::Convert& value, ir::OriginId origin) {
    return converted(at(value.operand).value, node(id).dtype, origin);
  }

  Expr expression(NodeId, const checked::MatMul& value, ir::OriginId origin) {
    return ir::make_binary(Op::multiply, at(value.lhs).value, at(value.rhs).value, origin);
  }

  Expr expression(NodeId, const checked::Transpose& value, ir::OriginId) {
    return at(value.operand).value;
  }

  Expr expression(NodeId, const checked::ReduceAxes& value, ir::OriginId origin) {
    if (gives_place(value.reducer) && value.axes.empty()) return ir::make_int(0, origin);
    return at(value.operand).value;
  }

  Expr expression(NodeId, const checked::Scan& value, ir::OriginId) {
    return at(value.operand).value;
  }

  Expr expression(NodeId, const checked::SortPlaces& value, ir::OriginId) {
    return at(value.operand).value;
  }

  Expr expression(NodeId, const checked::ReduceVariables& value, ir::OriginId) {
    return at(value.body).value;
  }

  Expr expression(NodeId, const checked::Points& value, ir::OriginId) {
    return at(value.body).value;
  }

  Expr expression(NodeId id, const checked::Element& value, ir::OriginId origin) {
    Indices indices;
    for (const NodeId index : value.indices)
      indices.push_back(at(index).value);
    const Expr predicate = predicate_of(value, indices, origin);
    const auto* tensor = std::get_if<checked::TensorValue>(&node(value.base).value);
    if (tensor || predicate) {
      const ir::BufferId buffer =
          tensor ? builder_.buffers.at(tensor->tensor) : at(value.base).buffer;
      return ir::make_load(node(id).dtype, buffer, std::move(indices), origin, predicate);
    }
    ir::Substitution places;
    for (std::size_t axis = 0; axis < indices.size(); ++axis) {
      places.emplace(ir::as<ir::Var>(at(value.base).indices[axis])->id, indices[axis]);
    }
    return ir::substitute(at(value.base).value, places);
  }

  // --- reads under a condition

  static Expr conjunction(Expr a, Expr b, ir::OriginId origin) {
    if (!a || !b) return a ? a : b;
    return ir::make_binary(Op::logical_and, std::move(a), std::move(b), origin);
  }

  /// When a read happens: under its guards, and at indices inside; null where it always does.
  Expr predicate_of(const checked::Element& value, const Indices& indices, ir::OriginId origin) {
    Expr predicate;
    for (const checked::Guard& guard : value.guards) {
      Expr condition = at(guard.condition).value;
      if (!guard.wanted) condition = ir::make_unary(Op::logical_not, condition, origin);
      predicate = conjunction(std::move(predicate), std::move(condition), origin);
    }
    const Expr guards = predicate;
    for (const std::uint32_t axis : value.checked_axes) {
      const Expr extent = lower_extent(extent_of(value.base, axis), builder_.sizes, origin);
      const Expr inside = conjunction(
          ir::make_binary(Op::less_equal, ir::make_int(0, origin), indices[axis], origin),
          ir::make_binary(Op::less, indices[axis], extent, origin), origin);
      checks_.push_back(
          builder_.check(guards, inside, indices[axis], read_message(program_, value, axis)));
      predicate = conjunction(std::move(predicate), inside, origin);
    }
    return predicate;
  }

  GraphBuilder& builder_;
  const checked::Program& program_;
  const checked::Definition& definition_;
  const checked::Tensor& tensor_;
  NodeId first_;
  std::vector<Lowering> nodes_;
  NodeVariables variables_;
  LoweringLoops loops_;
  std::vector<Axis> own_axes_;
  std::size_t stored_count_ = 0;
  std::vector<ir::Check> checks_;  ///< of the Compute at hand
  ir::Tensor::Definition computed_;
};

}  // namespace

ir::Graph lower_to_graph(const checked::Program& program) {
  GraphBuilder builder(program);
  const std::vector<bool> needed = needed_tensors(program);
  for (const checked::Definition& definition : program.definitions) {
    if (needed[definition.tensor]) DefinitionLowering(builder, definition).lower();
  }
  return std::move(builder.graph);
}

}  // namespace tcc

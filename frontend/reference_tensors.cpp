// Whole-tensor expressions, array by array in the order of the nodes.
#include <array>
#include <utility>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "frontend/reference_elementwise.h"
#include "frontend/reference_evaluate.h"
#include "frontend/reference_matmul.h"
#include "frontend/reference_reduction.h"

namespace tcc::reference {

namespace {

template <typename Real> class TensorEvaluator {
 public:
  TensorEvaluator(const Environment<Real>& environment, checked::NodeId root)
      : environment_(environment), first_(node(root).first), results_(root - first_ + 1) {}

  ArrayHandle<Real> evaluate(checked::NodeId root) {
    for (const checked::NodeId id : order_below(root)) {
      results_[id - first_] =
          std::visit([&](const auto& value) { return of(node(id), id, value); }, node(id).value);
    }
    return take(root);
  }

 private:
  using Handle = ArrayHandle<Real>;

  const checked::Node& node(checked::NodeId id) const { return environment_.program.nodes[id]; }
  Extents shape_of(const checked::Node& n) const {
    return reference::evaluate(n.shape, environment_.sizes);
  }

  /// Nodes of whole tensors, operands first; what is below a point-wise one belongs to it.
  std::vector<checked::NodeId> order_below(checked::NodeId root) const {
    std::vector<checked::NodeId> order;
    for (checked::NodeId end = root + 1; end > first_;) {
      const checked::NodeId id = end - 1;
      order.push_back(id);
      const bool pointwise = std::holds_alternative<checked::Element>(node(id).value) ||
                             std::holds_alternative<checked::Points>(node(id).value) ||
                             std::holds_alternative<checked::ReduceVariables>(node(id).value);
      end = pointwise ? node(id).first : id;
    }
    return {order.rbegin(), order.rend()};
  }

  /// An operand, which has no other use.
  Handle take(checked::NodeId id) { return std::exchange(results_[id - first_], nullptr); }

  static Handle share(Array<Real> array) {
    return std::make_shared<const Array<Real>>(std::move(array));
  }

  Handle constant(const checked::Node& n) {
    return share({{}, {constant_value<Real>(n, environment_.sizes)}});
  }
  Handle of(const checked::Node& n, checked::NodeId, const checked::Literal&) {
    return constant(n);
  }
  Handle of(const checked::Node& n, checked::NodeId, const checked::SizeValue&) {
    return constant(n);
  }

  Handle of(const checked::Node&, checked::NodeId, const checked::IndexValue&) {
    bug("an index variable in a whole-tensor expression");
  }

  Handle of(const checked::Node&, checked::NodeId, const checked::TensorValue& value) {
    const Handle& tensor = environment_.tensors[value.tensor];
    if (!tensor) bug("a tensor is read before it is defined");
    return tensor;
  }

  Handle points(checked::NodeId id) { return share(evaluate_points<Real>(environment_, {}, id)); }
  Handle of(const checked::Node&, checked::NodeId id, const checked::Element&) {
    return points(id);
  }
  Handle of(const checked::Node&, checked::NodeId id, const checked::ReduceVariables&) {
    return points(id);
  }

  Handle of(const checked::Node&, checked::NodeId, const checked::Points& value) {
    return share(evaluate_points<Real>(environment_, value.axes, value.body));
  }

  Handle of(const checked::Node& n, checked::NodeId, const checked::Convert& value) {
    const Handle operand = take(value.operand);
    const Conversion<Real> convert(node(value.operand).dtype, n.dtype);
    Array<Real> result{operand->shape, {}};
    result.values.reserve(operand->values.size());
    for (const Approximate<Real>& element : operand->values) {
      result.values.push_back(convert(element));
    }
    return share(std::move(result));
  }

  Handle of(const checked::Node& n, checked::NodeId, const checked::Elementwise& value) {
    static const Array<Real> none{{}, {Approximate<Real>{}}};
    Array<Real> result{shape_of(n), {}};
    std::vector<Handle> operands;
    std::vector<Extents> strides(3, Extents(result.shape.size(), 0));
    std::array<const Approximate<Real>*, 3> first;
    first.fill(none.values.data());
    for (std::size_t o = 0; o < value.operands.size(); ++o) {
      operands.push_back(take(value.operands[o]));
      strides[o] = broadcast_strides(operands[o]->shape, result.shape);
      first[o] = operands[o]->values.data();
    }
    const Operation<Real> operation(value.op, node(value.operands.back()).dtype);
    const std::int64_t count = count_of(result.shape);
    result.values.reserve(static_cast<std::size_t>(count));
    Walk walk(result.shape, std::move(strides));
    for (std::int64_t e = 0; e < count; ++e, walk.advance()) {
      result.values.push_back(
          operation(first[0][walk.offset(0)], first[1][walk.offset(1)], first[2][walk.offset(2)]));
    }
    return share(std::move(result));
  }

  Handle of(const checked::Node& n, checked::NodeId, const checked::MatMul& value) {
    const Handle lhs = take(value.lhs);
    const Handle rhs = take(value.rhs);
    return share(matmul(*lhs, *rhs, n.dtype, shape_of(n)));
  }

  Handle of(const checked::Node& n, checked::NodeId, const checked::Transpose& value) {
    const Handle operand = take(value.operand);
    const Extents from = row_major(operand->shape);
    Array<Real> result{shape_of(n), {}};
    Extents strides;
    for (const std::uint32_t axis : value.permutation)
      strides.push_back(from[axis]);
    result.values.reserve(operand->values.size());
    Walk walk(result.shape, {std::move(strides)});
    for (std::size_t e = 0; e < operand->values.size(); ++e, walk.advance()) {
      result.values.push_back(operand->values[static_cast<std::size_t>(walk.offset(0))]);
    }
    return share(std::move(result));
  }

  Handle of(const checked::Node& n, checked::NodeId, const checked::ReduceAxes& value) {
    const Handle operand = take(value.operand);
    Array<Real> result{shape_of(n), {}};
    Extents kept = operand->shape;  // with 1 for each reduced axis
    for (const std::uint32_t axis : value.axes)
      kept[axis] = 1;
    std::vector<Reduction<Real>> reductions(static_cast<std::size_t>(count_of(kept)),
                                            Reduction<Real>(value.reducer, n.dtype));
    Walk walk(operand->shape, {broadcast_strides(kept, operand->shape)});
    for (const Approximate<Real>& element : operand->values) {
      reductions[static_cast<std::size_t>(walk.offset(0))].include(element);
      walk.advance();
    }
    for (const Reduction<Real>& reduction : reductions)
      result.values.push_back(reduction.result());
    return share(std::move(result));
  }

  const Environment<Real>& environment_;
  checked::NodeId first_;
  std::vector<Handle> results_;
};

}  // namespace

template <typename Real>
ArrayHandle<Real> evaluate_array(const Environment<Real>& environment, checked::NodeId root) {
  return TensorEvaluator<Real>(environment, root).evaluate(root);
}

template ArrayHandle<double> evaluate_array(const Environment<double>&, checked::NodeId);
template ArrayHandle<DoubleDouble> evaluate_array(const Environment<DoubleDouble>&,
                                                  checked::NodeId);

}  // namespace tcc::reference

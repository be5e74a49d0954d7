// Whole-tensor expressions, array by array in the order of the nodes.
#include <algorithm>
#include <array>
#include <utility>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "frontend/reference_elementwise.h"
#include "frontend/reference_evaluate.h"
#include "frontend/reference_matmul.h"
#include "frontend/reference_order.h"
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
    const DType dtype = node(value.operand).dtype;
    Array<Real> result{shape_of(n), {}};
    result.values = gives_place(value.reducer)
                        ? reduced(*operand, value, PlaceOfExtreme<Real>(value.reducer, dtype))
                        : reduced(*operand, value, Reduction<Real>(value.reducer, dtype));
    return share(std::move(result));
  }

  /// One copy of `empty` for each result, with the terms that go there.
  template <typename Accumulator>
  static std::vector<Approximate<Real>> reduced(const Array<Real>& operand,
                                                const checked::ReduceAxes& value,
                                                const Accumulator& empty) {
    Extents kept = operand.shape;  // with 1 for each reduced axis
    Extents reduced = operand.shape;
    for (std::uint32_t axis = 0; axis < operand.shape.size(); ++axis) {
      const bool is_reduced = std::binary_search(value.axes.begin(), value.axes.end(), axis);
      (is_reduced ? kept : reduced)[axis] = 1;
    }
    std::vector<Accumulator> all(static_cast<std::size_t>(count_of(kept)), empty);
    Walk walk(operand.shape,
              {broadcast_strides(kept, operand.shape), broadcast_strides(reduced, operand.shape)});
    for (const Approximate<Real>& element : operand.values) {
      include(all[static_cast<std::size_t>(walk.offset(0))], element, walk.offset(1));
      walk.advance();
    }
    std::vector<Approximate<Real>> results;
    for (const Accumulator& each : all)
      results.push_back(each.result());
    return results;
  }
  static void include(Reduction<Real>& reduction, const Approximate<Real>& term, std::int64_t) {
    reduction.include(term);
  }
  static void include(PlaceOfExtreme<Real>& extreme, const Approximate<Real>& term,
                      std::int64_t place) {
    extreme.include(term, place);
  }

  Handle of(const checked::Node& n, checked::NodeId, const checked::Scan& value) {
    return along_axis(*take(value.operand), value.axis, [&](const auto& line) {
      Reduction<Real> reduction(value.reducer, n.dtype);
      std::vector<Approximate<Real>> results;
      for (const Approximate<Real>& term : line) {
        reduction.include(term);
        results.push_back(reduction.result());
      }
      return results;
    });
  }

  Handle of(const checked::Node&, checked::NodeId, const checked::SortPlaces& value) {
    const DType dtype = node(value.operand).dtype;
    return along_axis(*take(value.operand), value.axis, [&](const auto& line) {
      return sorted_places<Real>(line, dtype, value.order);
    });
  }

  /// Each line along an axis replaced by what `f` makes of it.
  template <typename F>
  static Handle along_axis(const Array<Real>& operand, std::uint32_t axis, const F& f) {
    Array<Real> result = operand;
    const Extents strides = row_major(operand.shape);
    Extents starts = operand.shape;
    const auto length = static_cast<std::size_t>(operand.shape[axis]);
    const std::int64_t stride = strides[axis];
    if (operand.values.empty()) return share(std::move(result));
    starts[axis] = 1;
    Walk walk(starts, {strides});
    for (std::int64_t each = 0; each < count_of(starts); ++each, walk.advance()) {
      const auto place = [&](std::size_t step) {
        return static_cast<std::size_t>(walk.offset(0) + static_cast<std::int64_t>(step) * stride);
      };
      std::vector<Approximate<Real>> line;
      for (std::size_t step = 0; step < length; ++step)
        line.push_back(operand.values[place(step)]);
      const std::vector<Approximate<Real>> values = f(line);
      for (std::size_t step = 0; step < length; ++step)
        result.values[place(step)] = values[step];
    }
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

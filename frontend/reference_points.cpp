// Index notation, point by point: the expression becomes a list of steps over numbered slots,
// which is run for every point; a reduction is a step with a list of its own.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "frontend/reference_elementwise.h"
#include "frontend/reference_evaluate.h"
#include "frontend/reference_order.h"
#include "frontend/reference_reduction.h"

namespace tcc::reference {

namespace {

using Slot = std::uint32_t;

struct IndexOperand {
  enum class From : std::uint8_t { variable, slot } from;
  std::uint32_t id;
  std::int64_t extent;
  std::int64_t stride;
};
struct GuardOperand {
  Slot condition;
  bool wanted;
};
template <typename Real> struct ReadStep {
  ArrayHandle<Real> base;
  DType dtype;
  std::vector<IndexOperand> indices;
  std::vector<GuardOperand> guards;
  bool may_be_outside;  ///< then the run has ended with an error, or a guard is not known
};
template <typename Real> struct OperationStep {
  Operation<Real> operation;
  std::array<Slot, 3> operands;
};
template <typename Real> struct ConversionStep {
  Conversion<Real> conversion;
  Slot operand;
};
struct VariableStep {
  checked::VariableId variable;
};
struct Range {
  checked::VariableId variable;
  std::int64_t begin;
  std::int64_t end;
};
struct ReductionStep {
  ReducerKind kind;
  DType dtype;
  std::vector<Range> ranges;
  std::uint32_t steps;  ///< number of the list of its body
  Slot body;
};
template <typename Real> struct Step {
  Slot result;
  std::variant<ReadStep<Real>, OperationStep<Real>, ConversionStep<Real>, VariableStep,
               ReductionStep>
      action;
};

/// Begins at the first point of `ranges`; false where there is none.
bool start(const std::vector<Range>& ranges, Extents& variables) {
  bool any = true;
  for (const Range& range : ranges) {
    variables[range.variable] = range.begin;
    any &= range.begin < range.end;
  }
  return any;
}

/// To the next point in row-major order; false after the last.
bool advance(const std::vector<Range>& ranges, Extents& variables) {
  for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
    if (++variables[range->variable] < range->end) return true;
    variables[range->variable] = range->begin;
  }
  return false;
}

template <typename Real> class PointEvaluator {
 public:
  PointEvaluator(const Environment<Real>& environment, checked::NodeId root)
      : environment_(environment),
        first_(node(root).first),
        root_(root - first_),
        slots_(root_ + 2),  // the last one stays as it is, for operands that are not there
        variables_(environment.program.variables.size()),
        below_element_(root_ + 1) {
    steps_of(root);
  }

  Array<Real> evaluate(std::span<const checked::VariableId> axes) {
    const std::vector<Range> ranges = ranges_of(axes);
    Array<Real> result;
    for (const Range& range : ranges)
      result.shape.push_back(range.end - range.begin);
    if (!start(ranges, variables_)) return result;
    result.values.reserve(static_cast<std::size_t>(count_of(result.shape)));
    do {
      run(0);
      result.values.push_back(slots_[root_]);
    } while (advance(ranges, variables_));
    return result;
  }

 private:
  const checked::Node& node(checked::NodeId id) const { return environment_.program.nodes[id]; }
  Slot slot_of(checked::NodeId id) const { return id - first_; }

  std::int64_t size(const Extent& extent) const {
    const auto value = extent.evaluate(environment_.sizes);
    if (!value) bug(fmt::format("extent '{}' has no value here", extent.to_string()));
    return *value;
  }

  std::vector<Range> ranges_of(std::span<const checked::VariableId> variables) const {
    std::vector<Range> ranges;
    for (const checked::VariableId id : variables) {
      const checked::Variable& variable = environment_.program.variables[id];
      const std::int64_t begin = size(variable.begin);
      ranges.push_back({id, begin, begin + std::max<std::int64_t>(0, size(variable.extent))});
    }
    return ranges;
  }

  // --- from nodes to steps

  /// Appends the list of steps for `root`. Goes from users to operands, so that an Element can
  /// claim what is below it, and turns the list round.
  std::uint32_t steps_of(checked::NodeId root) {
    const auto number = static_cast<std::uint32_t>(lists_.size());
    lists_.emplace_back();
    std::vector<Step<Real>> steps;
    const checked::NodeId first = node(root).first;
    for (checked::NodeId end = root + 1; end > first;) {
      const checked::NodeId id = end - 1;
      end = below_element_[slot_of(id)]
                ? node(id).first
                : std::visit([&](const auto& value) { return plan(id, value, steps); },
                             node(id).value);
    }
    lists_[number].assign(steps.rbegin(), steps.rend());
    return number;
  }

  // Each gives the end of the nodes that are still to be planned.

  template <typename Action>
  checked::NodeId append(checked::NodeId id, Action action, std::vector<Step<Real>>& steps) {
    steps.push_back({slot_of(id), std::move(action)});
    return id;
  }

  checked::NodeId constant(checked::NodeId id) {
    slots_[slot_of(id)] = constant_value<Real>(node(id), environment_.sizes);
    return id;
  }
  checked::NodeId plan(checked::NodeId id, const checked::Literal&, std::vector<Step<Real>>&) {
    return constant(id);
  }
  checked::NodeId plan(checked::NodeId id, const checked::SizeValue&, std::vector<Step<Real>>&) {
    return constant(id);
  }

  /// A whole tensor of rank 0: the same at every point.
  checked::NodeId scalar(checked::NodeId id) {
    if (!node(id).shape.empty()) bug("a whole tensor in index notation");
    slots_[slot_of(id)] = evaluate_array(environment_, id)->values.at(0);
    return node(id).first;
  }
  checked::NodeId plan(checked::NodeId id, const checked::TensorValue&, std::vector<Step<Real>>&) {
    return scalar(id);
  }
  checked::NodeId plan(checked::NodeId id, const checked::MatMul&, std::vector<Step<Real>>&) {
    return scalar(id);
  }
  checked::NodeId plan(checked::NodeId id, const checked::Transpose&, std::vector<Step<Real>>&) {
    return scalar(id);
  }
  checked::NodeId plan(checked::NodeId id, const checked::ReduceAxes&, std::vector<Step<Real>>&) {
    return scalar(id);
  }

  checked::NodeId plan(checked::NodeId id, const checked::Points&, std::vector<Step<Real>>&) {
    return scalar(id);
  }
  checked::NodeId plan(checked::NodeId id, const checked::Scan&, std::vector<Step<Real>>&) {
    return scalar(id);
  }
  checked::NodeId plan(checked::NodeId id, const checked::SortPlaces&, std::vector<Step<Real>>&) {
    return scalar(id);
  }

  checked::NodeId plan(checked::NodeId id, const checked::IndexValue& value,
                       std::vector<Step<Real>>& steps) {
    return append(id, VariableStep{value.variable}, steps);
  }

  checked::NodeId plan(checked::NodeId id, const checked::Convert& value,
                       std::vector<Step<Real>>& steps) {
    const Conversion<Real> conversion(node(value.operand).dtype, node(id).dtype);
    return append(id, ConversionStep<Real>{conversion, slot_of(value.operand)}, steps);
  }

  checked::NodeId plan(checked::NodeId id, const checked::Elementwise& value,
                       std::vector<Step<Real>>& steps) {
    OperationStep<Real> step{{value.op, node(value.operands.back()).dtype}, {}};
    step.operands.fill(root_ + 1);
    for (std::size_t o = 0; o < value.operands.size(); ++o) {
      step.operands[o] = slot_of(value.operands[o]);
    }
    return append(id, step, steps);
  }

  checked::NodeId plan(checked::NodeId id, const checked::Element& value,
                       std::vector<Step<Real>>& steps) {
    ReadStep<Real> step{evaluate_array(environment_, value.base),
                        node(id).dtype,
                        {},
                        {},
                        !value.checked_axes.empty()};
    for (const checked::Guard& guard : value.guards)
      step.guards.push_back({slot_of(guard.condition), guard.wanted});
    below_element_[slot_of(value.base)] = true;
    const Extents strides = row_major(step.base->shape);
    for (std::size_t axis = 0; axis < value.indices.size(); ++axis) {
      const checked::NodeId index = value.indices[axis];
      const auto* variable = std::get_if<checked::IndexValue>(&node(index).value);
      if (variable) below_element_[slot_of(index)] = true;
      step.indices.push_back({variable ? IndexOperand::From::variable : IndexOperand::From::slot,
                              variable ? variable->variable : slot_of(index),
                              step.base->shape.at(axis), strides[axis]});
    }
    return append(id, std::move(step), steps);
  }

  checked::NodeId plan(checked::NodeId id, const checked::ReduceVariables& value,
                       std::vector<Step<Real>>& steps) {
    append(id,
           ReductionStep{value.reducer, node(value.body).dtype, ranges_of(value.variables),
                         steps_of(value.body), slot_of(value.body)},
           steps);
    return node(id).first;
  }

  // --- one point

  void run(std::uint32_t list) {
    for (const Step<Real>& step : lists_[list]) {
      slots_[step.result] =
          std::visit([this](const auto& action) { return this->result_of(action); }, step.action);
    }
  }

  Approximate<Real> result_of(const ReadStep<Real>& step) const {
    bool may_be_outside = step.may_be_outside;
    for (const GuardOperand& guard : step.guards) {
      const Approximate<Real>& condition = slots_[guard.condition];
      if (!is_exact(condition)) may_be_outside = true;
      if (is_exact(condition) && (condition.integer != 0) != guard.wanted) return {};
    }
    std::int64_t offset = 0;
    for (const IndexOperand& index : step.indices) {
      const bool direct = index.from == IndexOperand::From::variable;
      if (!direct && !is_exact(slots_[index.id])) {
        return anything<Real>(slots_[index.id].marks | discontinuous);
      }
      const std::int64_t at = direct ? variables_[index.id] : slots_[index.id].integer;
      const bool is_outside = at < 0 || at >= index.extent;
      if (is_outside && may_be_outside) return anything<Real>(discontinuous);
      if (is_outside) bug("the reference reads outside a tensor");
      offset += at * index.stride;
    }
    return step.base->values[static_cast<std::size_t>(offset)];
  }

  Approximate<Real> result_of(const OperationStep<Real>& step) const {
    return step.operation(slots_[step.operands[0]], slots_[step.operands[1]],
                          slots_[step.operands[2]]);
  }

  Approximate<Real> result_of(const ConversionStep<Real>& step) const {
    return step.conversion(slots_[step.operand]);
  }

  Approximate<Real> result_of(const VariableStep& step) const {
    return whole<Real>(variables_[step.variable]);
  }

  Approximate<Real> result_of(const ReductionStep& step) {
    if (gives_place(step.kind)) return place_of(step);
    Reduction<Real> reduction(step.kind, step.dtype);
    if (!start(step.ranges, variables_)) return reduction.result();
    do {
      run(step.steps);
      reduction.include(slots_[step.body]);
    } while (advance(step.ranges, variables_));
    return reduction.result();
  }

  /// The value of a single variable; the position in the row-major order of several.
  Approximate<Real> place_of(const ReductionStep& step) {
    PlaceOfExtreme<Real> extreme(step.kind, step.dtype);
    if (!start(step.ranges, variables_)) return extreme.result();
    const bool is_single = step.ranges.size() == 1;
    std::int64_t position = 0;
    do {
      run(step.steps);
      const std::int64_t place = is_single ? variables_[step.ranges[0].variable] : position;
      extreme.include(slots_[step.body], place);
      ++position;
    } while (advance(step.ranges, variables_));
    return extreme.result();
  }

  const Environment<Real>& environment_;
  checked::NodeId first_;
  Slot root_;
  std::vector<Approximate<Real>> slots_;
  Extents variables_;
  std::vector<bool> below_element_;  ///< bases, and indices that are plain variables
  std::vector<std::vector<Step<Real>>> lists_;
};

}  // namespace

template <typename Real>
Array<Real> evaluate_points(const Environment<Real>& environment,
                            std::span<const checked::VariableId> axes, checked::NodeId root) {
  return PointEvaluator<Real>(environment, root).evaluate(axes);
}

template Array<double> evaluate_points(const Environment<double>&,
                                       std::span<const checked::VariableId>, checked::NodeId);
template Array<DoubleDouble> evaluate_points(const Environment<DoubleDouble>&,
                                             std::span<const checked::VariableId>, checked::NodeId);

}  // namespace tcc::reference

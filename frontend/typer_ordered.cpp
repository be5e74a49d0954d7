// Types of functions of the order along an axis: cumulative ones, and sorting (language
// section 5.6).
#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

using Nodes = std::vector<checked::NodeId>;

}  // namespace

/// The axis that an argument names; left out, it is the last one, or the only one.
std::optional<std::uint32_t> Typer::ordered_axis(NodeId id, NodeId operand,
                                                 std::optional<NodeId> argument,
                                                 WithoutAxis without) {
  if (!is_whole(id, operand)) return {};
  const auto rank = static_cast<std::uint32_t>(at(operand).shape.size());
  if (rank == 0) {
    error(DiagnosticKind::rank_mismatch, id,
          fmt::format("a scalar has no order, and {}", describe_typed(id, operand)));
    return {};
  }
  if (argument) return axis_of(operand, *argument);
  if (rank > 1 && without == WithoutAxis::only_one) {
    error(DiagnosticKind::bad_argument, id,
          fmt::format("which axis of {} is not said", type_of(operand)))
        .suggest("write axis = 0");
    return {};
  }
  return rank - 1;
}

Typed Typer::cumsum(NodeId id, const Arguments& arguments) {
  return scan(id, arguments, {"cumsum", ReducerKind::sum, false});
}
Typed Typer::cumprod(NodeId id, const Arguments& arguments) {
  return scan(id, arguments, {"cumprod", ReducerKind::prod, false});
}
Typed Typer::cummax(NodeId id, const Arguments& arguments) {
  return scan(id, arguments, {"cummax", ReducerKind::max, false});
}
Typed Typer::cummin(NodeId id, const Arguments& arguments) {
  return scan(id, arguments, {"cummin", ReducerKind::min, false});
}

Typed Typer::scan(NodeId id, const Arguments& arguments, const NamedReduction& named) {
  const NodeId operand = *arguments[0];
  const auto axis = ordered_axis(id, operand, arguments[1], WithoutAxis::only_one);
  if (!axis) return {};
  std::optional<DType> accumulator;
  const bool has_accumulator = arguments.size() > 2 && arguments[2];
  if (has_accumulator && !take_accumulator(*arguments[2], accumulator)) return {};
  const auto types = accumulation(id, named, operand, accumulator);
  if (!types) return {};
  return built(
      id, types->result, at(operand).shape,
      {{operand}, [kind = named.kind, axis](PointsBuilder& builder, const Nodes& operands) {
         return builder.scan(kind, operands[0], *axis);
       }});
}

/// Where the elements of the sorted tensor stand in x.
Typed Typer::argsort(NodeId id, const Arguments& arguments) {
  const NodeId operand = *arguments[0];
  const auto axis = ordered_axis(id, operand, arguments[1], WithoutAxis::last);
  if (!axis) return {};
  SortOrder order = SortOrder::ascending;
  if (arguments[2]) {
    const auto descends = truth_argument(*arguments[2], "descending");
    if (!descends) return {};
    if (*descends) order = SortOrder::descending;
  }
  Typed& typed = at(operand);
  if (typed.is_weak) typed.wanted = typed.alone();
  if (typed.dtype == DType::boolean) typed.wanted = DType::u8;  // false before true
  return built(id, DType::i64, typed.shape,
               {{operand}, [axis, order](PointsBuilder& builder, const Nodes& operands) {
                  return builder.sort_places(operands[0], *axis, order);
                }});
}

/// Whether `places` are argsort(..) along the axis of a tensor as long: then each is inside.
bool Typer::are_places_of(NodeId operand, std::uint32_t axis, NodeId places) {
  const auto* call = std::get_if<syntax::Call>(&node(places).value);
  if (!call || call->callee != "argsort" || !typed_.shape_functions.count(places)) return false;
  const bool is_same_axis =
      ordered_axis(places, call->arguments[0],
                   call->arguments.size() > 1 ? std::optional(call->arguments[1]) : std::nullopt,
                   WithoutAxis::last) == axis;
  return is_same_axis && call->keywords.empty() &&
         at(places).shape[axis] == at(operand).shape[axis];
}

/// NumPy's: x[.., places[.., i, ..], ..], where places have the extents of x but along the axis.
Typed Typer::take_along_axis(NodeId id, const Arguments& arguments) {
  const NodeId operand = *arguments[0];
  const auto axis = ordered_axis(id, operand, arguments[2], WithoutAxis::last);
  if (!axis || !is_whole(id, *arguments[1])) return {};
  Typed& places = at(*arguments[1]);
  if (!is_integer(places.dtype)) {
    error(DiagnosticKind::dtype_mismatch, id,
          fmt::format("the places are integers, but {}", describe_typed(id, *arguments[1])));
    return {};
  }
  const Shape& shape = at(operand).shape;
  bool fits = places.shape.size() == shape.size();
  for (std::size_t a = 0; fits && a < shape.size(); ++a)
    fits = a == *axis || places.shape[a] == shape[a];
  if (!fits) {
    error(DiagnosticKind::size_mismatch, id,
          fmt::format("{}, but {}: they may differ along axis {} only", describe_typed(id, operand),
                      describe_typed(id, *arguments[1]), *axis));
    return {};
  }
  places.wanted = DType::i64;
  std::vector<std::uint32_t> checked = {*axis};
  if (are_places_of(operand, *axis, *arguments[1])) checked.clear();
  return built(
      id, at(operand).dtype, places.shape,
      {{operand, *arguments[1]},
       [shape = places.shape, axis, checked](PointsBuilder& builder, const Nodes& operands) {
         const auto axes = builder.variables(shape);
         const auto point = [&] {
           Nodes indices;
           for (const checked::VariableId variable : axes)
             indices.push_back(builder.index(variable));
           return indices;
         };
         const checked::NodeId place = builder.element(operands[1], point());
         Nodes indices = point();
         indices[*axis] = place;
         return builder.points(axes, builder.element(operands[0], std::move(indices), {}, checked));
       }});
}

/// `length` elements of an axis from `start` on.
Typed Typer::narrow(NodeId id, const Arguments& arguments) {
  const NodeId operand = *arguments[0];
  const auto start = size_argument(*arguments[1], "the start");
  const auto length = size_argument(*arguments[2], "the length");
  const auto axis = ordered_axis(id, operand, arguments[3], WithoutAxis::last);
  if (!start || !length || !axis) return {};
  Shape shape = at(operand).shape;
  const Extent extent = shape[*axis];
  require_size(*start, 0, DiagnosticKind::out_of_bounds, id, "the start is negative");
  require_size(*length, 0, DiagnosticKind::out_of_bounds, id, "the length is negative");
  require_size(extent, *start + *length, DiagnosticKind::out_of_bounds, id,
               fmt::format("{} elements from {} on are outside axis {} of {}", length->to_string(),
                           start->to_string(), *axis, type_of(operand)));
  shape[*axis] = *length;
  return built(id, at(operand).dtype, shape,
               {{operand}, [shape, axis, start](PointsBuilder& builder, const Nodes& operands) {
                  const auto axes = builder.variables(shape);
                  Nodes indices;
                  for (std::uint32_t a = 0; a < axes.size(); ++a) {
                    indices.push_back(builder.index(axes[a]));
                    if (a == *axis && *start != Extent(0)) {
                      indices[a] = builder.apply(Op::add, {indices[a], builder.size(*start)});
                    }
                  }
                  return builder.points(axes, builder.element(operands[0], std::move(indices)));
                }});
}

}  // namespace tcc

// Types of functions that join, divide and gather (language sections 5.5 and 5.6).
#include <algorithm>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

using Nodes = std::vector<checked::NodeId>;

/// One tensor of a join: where it stands on the axis.
struct Piece {
  Extent begin;
  Extent end;
};

/// where(i < end of the first, first, where(i < end of the second, ..))
checked::NodeId build_join(PointsBuilder& builder, const Nodes& operands, const Shape& shape,
                           std::size_t axis, const std::vector<Piece>& pieces, bool keeps_axis) {
  const auto axes = builder.variables(shape);
  const auto is_before = [&](std::size_t piece) {
    return builder.apply(Op::less, {builder.index(axes[axis]), builder.size(pieces[piece].end)});
  };
  const bool is_of_scalars = shape.size() == 1 && !keeps_axis;
  const auto read = [&](std::size_t piece) {
    if (is_of_scalars) return operands[piece];  // they have no index that may be outside
    std::vector<checked::Guard> guards;
    if (piece > 0) guards.push_back({is_before(piece - 1), false});
    if (piece + 1 < pieces.size()) guards.push_back({is_before(piece), true});
    Nodes indices;
    for (std::size_t a = 0; a < axes.size(); ++a) {
      if (a == axis && !keeps_axis) continue;
      checked::NodeId index = builder.index(axes[a]);
      if (a == axis && pieces[piece].begin != Extent(0)) {
        index = builder.apply(Op::subtract, {index, builder.size(pieces[piece].begin)});
      }
      indices.push_back(index);
    }
    return builder.element(operands[piece], std::move(indices), guards);
  };
  checked::NodeId body = read(pieces.size() - 1);
  for (std::size_t piece = pieces.size() - 1; piece-- > 0;) {
    const checked::NodeId condition = is_before(piece);
    const checked::NodeId value = read(piece);
    body = builder.apply(Op::select, {condition, value, body});
  }
  return builder.points(axes, body);
}

}  // namespace

/// The tensors of a list, converted to one type; empty after a report.
Typer::Operands Typer::joined_tensors(NodeId id, NodeId argument) {
  const auto* list = std::get_if<syntax::List>(&node(argument).value);
  if (!list || list->elements.empty()) {
    error(DiagnosticKind::bad_argument, argument, "this takes a list of tensors")
        .suggest("write [a, b]");
    return {};
  }
  for (const NodeId element : list->elements) {
    if (!is_whole(id, element)) return {};
  }
  const auto common = common_type(id, list->elements);
  if (!common) return {};
  const bool all_weak = std::all_of(list->elements.begin(), list->elements.end(),
                                    [&](NodeId each) { return at(each).is_weak; });
  convert(list->elements, all_weak && is_float(*common) ? DType::f32 : *common);
  return list->elements;
}

Typed Typer::concat(NodeId id, const Arguments& arguments) {
  const Operands tensors = joined_tensors(id, *arguments[0]);
  if (tensors.empty()) return {};
  const auto axis = arguments[1] ? axis_of(tensors[0], *arguments[1]) : std::optional(0U);
  if (!axis) return {};
  Shape shape = at(tensors[0]).shape;
  if (shape.empty()) {
    error(DiagnosticKind::rank_mismatch, id, "scalars have no axis to be joined along")
        .suggest("write stack([a, b])");
    return {};
  }
  std::vector<Piece> pieces;
  Extent length = 0;
  for (const NodeId tensor : tensors) {
    Shape other = at(tensor).shape;
    if (other.size() == shape.size()) other[*axis] = shape[*axis];
    if (other != shape) return report_join(id, *arguments[0], tensors[0], tensor);
    const Extent end = length + at(tensor).shape[*axis];
    pieces.push_back({length, end});
    length = end;
  }
  shape[*axis] = length;
  const DType dtype = at(tensors[0]).wanted.value();
  return built(id, dtype, shape, {tensors, [=](PointsBuilder& builder, const Nodes& operands) {
                                    return build_join(builder, operands, shape, *axis, pieces,
                                                      true);
                                  }});
}

Typed Typer::report_join(NodeId id, NodeId list, NodeId first, NodeId other) {
  const bool same_rank = at(first).shape.size() == at(other).shape.size();
  Report& report =
      error(same_rank ? DiagnosticKind::size_mismatch : DiagnosticKind::rank_mismatch, id,
            fmt::format("{} differ: {}, {}", same_rank ? "sizes" : "ranks",
                        describe_typed(list, first), describe_typed(list, other)));
  note_declaration(report, other);
  return {};
}

Typed Typer::stack(NodeId id, const Arguments& arguments) {
  const Operands tensors = joined_tensors(id, *arguments[0]);
  if (tensors.empty()) return {};
  Shape shape = at(tensors[0]).shape;
  std::size_t axis = 0;
  if (arguments[1]) {
    const auto number = size_argument(*arguments[1], "an axis");
    const auto constant = number ? number->constant() : std::nullopt;
    const auto rank = static_cast<std::int64_t>(shape.size()) + 1;
    if (!constant || *constant < -rank || *constant >= rank) {
      if (number) error(DiagnosticKind::rank_mismatch, *arguments[1], "there is no such axis");
      return {};
    }
    axis = static_cast<std::size_t>(*constant < 0 ? *constant + rank : *constant);
  }
  std::vector<Piece> pieces;
  for (const NodeId tensor : tensors) {
    if (at(tensor).shape != shape) return report_join(id, *arguments[0], tensors[0], tensor);
    const auto place = static_cast<std::int64_t>(pieces.size());
    pieces.push_back({place, place + 1});
  }
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis),
               static_cast<std::int64_t>(tensors.size()));
  const DType dtype = at(tensors[0]).wanted.value();
  return built(id, dtype, shape, {tensors, [=](PointsBuilder& builder, const Nodes& operands) {
                                    return build_join(builder, operands, shape, axis, pieces,
                                                      false);
                                  }});
}

Typed Typer::split(NodeId id, const Arguments& arguments) {
  if (!is_whole(id, *arguments[0])) return {};
  const auto axis = arguments[2] ? axis_of(*arguments[0], *arguments[2]) : std::optional(0U);
  const auto parts = size_argument(*arguments[1], "the number of parts");
  if (!axis || !parts) return {};
  const Typed& operand = at(*arguments[0]);
  const auto count = parts->constant();
  const auto& call = std::get<syntax::Call>(node(id).value);
  if (operand.shape.empty() || !count || *count < 1 ||
      call.results != static_cast<std::size_t>(*count)) {
    if (call.result > 0) return {};  // reported at the first name
    error(DiagnosticKind::bad_argument, id,
          fmt::format("'split' gives {} parts, but {} name{} there for them", parts->to_string(),
                      call.results, call.results == 1 ? " is" : "s are"))
        .suggest("write a, b = split(x, 2)");
    return {};
  }
  const Extent length = Extent::quotient(operand.shape[*axis], *count);
  const std::string message =
      fmt::format("an axis of {} has no {} equal parts", operand.shape[*axis].to_string(), *count);
  require_size(length * *count, operand.shape[*axis], DiagnosticKind::size_mismatch, id, message);
  Shape shape = operand.shape;
  shape[*axis] = length;
  const Extent begin = length * static_cast<std::int64_t>(call.result);
  return built(id, operand.dtype, shape,
               {{*arguments[0]}, [=, axis = *axis](PointsBuilder& builder, const Nodes& operands) {
                  const auto axes = builder.variables(shape);
                  Nodes indices;
                  for (std::size_t a = 0; a < axes.size(); ++a) {
                    indices.push_back(builder.index(axes[a]));
                    if (a == axis) {
                      indices[a] = builder.apply(Op::add, {indices[a], builder.size(begin)});
                    }
                  }
                  return builder.points(axes, builder.element(operands[0], std::move(indices)));
                }});
}

/// x.shape[:axis] + ids.shape + x.shape[axis + 1:]
Typed Typer::take(NodeId id, const Arguments& arguments) {
  if (!is_whole(id, *arguments[0]) || !is_whole(id, *arguments[1])) return {};
  const auto axis = arguments[2] ? axis_of(*arguments[0], *arguments[2]) : std::optional(0U);
  if (!axis) return {};
  const Typed& operand = at(*arguments[0]);
  Typed& ids = at(*arguments[1]);
  if (!is_integer(ids.dtype) || operand.shape.empty()) {
    error(is_integer(ids.dtype) ? DiagnosticKind::rank_mismatch : DiagnosticKind::dtype_mismatch,
          id,
          fmt::format("'take' takes a tensor and integers, but {}",
                      describe_typed(id, *arguments[is_integer(ids.dtype) ? 0 : 1])));
    return {};
  }
  ids.wanted = DType::i64;
  Shape shape(operand.shape.begin(), operand.shape.begin() + *axis);
  shape.insert(shape.end(), ids.shape.begin(), ids.shape.end());
  shape.insert(shape.end(), operand.shape.begin() + *axis + 1, operand.shape.end());
  const std::size_t ids_rank = ids.shape.size();
  return built(
      id, operand.dtype, shape,
      {{*arguments[0], *arguments[1]},
       [shape, axis = *axis, ids_rank](PointsBuilder& builder, const Nodes& operands) {
         const auto axes = builder.variables(shape);
         Nodes places;
         for (std::size_t a = axis; a < axis + ids_rank; ++a)
           places.push_back(builder.index(axes[a]));
         const checked::NodeId place =
             places.empty() ? operands[1] : builder.element(operands[1], std::move(places));
         Nodes indices;
         for (std::size_t a = 0; a < axis; ++a)
           indices.push_back(builder.index(axes[a]));
         indices.push_back(place);
         for (std::size_t a = axis + ids_rank; a < axes.size(); ++a)
           indices.push_back(builder.index(axes[a]));
         return builder.points(axes, builder.element(operands[0], std::move(indices), {}, {axis}));
       }});
}

}  // namespace tcc

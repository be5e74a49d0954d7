// Types of functions of shapes (language sections 5.5 and 5.6), and what they become: values given
// point by point.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/function_names.h"
#include "frontend/shape_functions.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

using Nodes = std::vector<checked::NodeId>;

constexpr std::array<std::string_view, 25> names = {
    "argsort",
    "broadcast_to",
    "concat",
    "count",
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "einsum",
    "flip",
    "full",
    "index_along",
    "integers",
    "iota",
    "is_bool",
    "like",
    "narrow",
    "pad",
    "reshape",
    "split",
    "stack",
    "take",
    "take_along_axis",
    "transpose",
    "wide",
};

checked::NodeId plus(PointsBuilder& builder, checked::NodeId index, const Extent& offset) {
  if (offset == Extent(0)) return index;
  return builder.apply(Op::add, {index, builder.size(offset)});
}

/// begin <= index and index < end
checked::NodeId inside(PointsBuilder& builder, checked::VariableId axis, const Extent& begin,
                       const Extent& end) {
  return builder.apply(Op::logical_and,
                       {builder.apply(Op::less_equal, {builder.size(begin), builder.index(axis)}),
                        builder.apply(Op::less, {builder.index(axis), builder.size(end)})});
}

}  // namespace

std::span<const std::string_view> shape_function_names() { return names; }

bool Typer::is_shape_function(const std::string& name) const {
  return std::binary_search(names.begin(), names.end(), name);
}

Typed Typer::shape_function(NodeId id, const syntax::Call& call) {
  struct Entry {
    std::string_view name;
    std::vector<std::string_view> parameters;
    std::size_t required;
    Typed (Typer::*type)(NodeId, const Arguments&);
  };
  static const std::vector<Entry> table = {
      {"argsort", {"x", "axis", "descending"}, 1, &Typer::argsort},
      {"broadcast_to", {"x", "shape"}, 2, &Typer::broadcast_to},
      {"concat", {"tensors", "axis"}, 1, &Typer::concat},
      {"count", {"x", "axis"}, 1, &Typer::count},
      {"cummax", {"x", "axis"}, 1, &Typer::cummax},
      {"cummin", {"x", "axis"}, 1, &Typer::cummin},
      {"cumprod", {"x", "axis", "acc"}, 1, &Typer::cumprod},
      {"cumsum", {"x", "axis", "acc"}, 1, &Typer::cumsum},
      {"flip", {"x", "axis"}, 1, &Typer::flip},
      {"full", {"shape", "value"}, 2, &Typer::full},
      {"index_along", {"x", "axis"}, 1, &Typer::index_along},
      {"integers", {"x"}, 1, &Typer::integers},
      {"iota", {"n"}, 1, &Typer::iota},
      {"is_bool", {"x"}, 1, &Typer::is_bool},
      {"like", {"value", "x", "y", "z"}, 2, &Typer::like},
      {"narrow", {"x", "start", "length", "axis"}, 3, &Typer::narrow},
      {"pad", {"x", "widths", "value"}, 2, &Typer::pad},
      {"reshape", {"x", "shape"}, 2, &Typer::reshape},
      {"split", {"x", "parts", "axis"}, 2, &Typer::split},
      {"stack", {"tensors", "axis"}, 1, &Typer::stack},
      {"take", {"x", "ids", "axis"}, 2, &Typer::take},
      {"take_along_axis", {"x", "places", "axis"}, 2, &Typer::take_along_axis},
      {"transpose", {"x", "axes"}, 1, &Typer::transpose},
      {"wide", {"x"}, 1, &Typer::wide},
  };
  if (call.callee == "einsum") return einsum(id, call);
  const auto entry = std::find_if(table.begin(), table.end(),
                                  [&](const Entry& each) { return each.name == call.callee; });
  const auto arguments = bind_arguments(id, call, entry->parameters, entry->required);
  if (!arguments) return {};
  return (this->*entry->type)(id, *arguments);
}

/// The nodes of a call's arguments by parameter; nothing after a report.
std::optional<Typer::Arguments> Typer::bind_arguments(
    NodeId id, const syntax::Call& call, const std::vector<std::string_view>& parameters,
    std::size_t required) {
  if (!check_count(id, call, 0, parameters.size())) return {};
  Arguments arguments(parameters.size());
  for (std::size_t a = 0; a < call.arguments.size(); ++a)
    arguments[a] = call.arguments[a];
  for (const syntax::Call::Keyword& keyword : call.keywords) {
    const auto found = std::find(parameters.begin(), parameters.end(), keyword.name);
    const auto position = static_cast<std::size_t>(found - parameters.begin());
    if (found == parameters.end() || arguments[position]) {
      const bool is_parameter = found != parameters.end();
      Report& report = diagnostics_.error(
          DiagnosticKind::bad_argument, keyword.span,
          fmt::format("'{}' {} '{}'", call.callee,
                      is_parameter ? "is given twice the parameter" : "has no parameter",
                      keyword.name));
      const std::vector<std::string> known(parameters.begin(), parameters.end());
      if (!is_parameter) suggest_parameter(report, keyword.name, known);
      return {};
    }
    arguments[position] = keyword.value;
  }
  for (std::size_t p = 0; p < required; ++p) {
    if (arguments[p]) continue;
    error(DiagnosticKind::bad_argument, id,
          fmt::format("'{}' lacks its argument '{}'", call.callee, parameters[p]));
    return {};
  }
  return arguments;
}

/// A whole tensor: no scalar that depends on index variables.
bool Typer::is_whole(NodeId id, NodeId operand) {
  if (!is_usable(operand)) return false;
  if (!at(operand).mentions_index()) return true;
  error(DiagnosticKind::rank_mismatch, id,
        "this takes whole tensors, and no scalars that depend "
        "on index variables");
  return false;
}

std::optional<Shape> Typer::shape_argument(NodeId argument) {
  const auto* attribute = std::get_if<syntax::Attribute>(&node(argument).value);
  if (attribute && attribute->name == "shape") {
    if (!is_whole(argument, attribute->base)) return {};
    return at(attribute->base).shape;
  }
  const auto* list = std::get_if<syntax::List>(&node(argument).value);
  Shape shape;
  for (const NodeId element : list ? list->elements : Operands{argument}) {
    const auto extent = size_argument(element, "an extent");
    if (!extent) return {};
    shape.push_back(*extent);
  }
  return shape;
}

Typed Typer::built(NodeId id, DType dtype, Shape shape, ShapeFunction function) {
  check_shape(dtype, shape, node(id).span, diagnostics_);
  typed_.shape_functions[id] = std::move(function);
  return Typed::strong(dtype, std::move(shape));
}

/// The number of elements along some axes, or of all: a size.
Typed Typer::count(NodeId id, const Arguments& arguments) {
  if (!is_whole(id, *arguments[0])) return {};
  const auto axes = axes_of(*arguments[0], arguments[1]);
  if (!axes) return {};
  Extent product = 1;
  for (const std::uint32_t axis : *axes)
    product = product * at(*arguments[0]).shape[axis];
  return Typed::weak(product);
}

/// For each element its place along an axis, or among all of them in row-major order.
Typed Typer::index_along(NodeId id, const Arguments& arguments) {
  if (!is_whole(id, *arguments[0])) return {};
  const auto axes = axes_of(*arguments[0], arguments[1]);
  if (!axes) return {};
  const Shape shape = at(*arguments[0]).shape;
  return built(id, DType::i64, shape,
               {{}, [shape, axes](PointsBuilder& builder, const Nodes&) {
                  const auto variables = builder.variables(shape);
                  checked::NodeId place = builder.size(0);
                  for (const std::uint32_t axis : *axes) {
                    place = builder.apply(Op::multiply, {place, builder.size(shape[axis])});
                    place = builder.apply(Op::add, {place, builder.index(variables[axis])});
                  }
                  return builder.points(variables, place);
                }});
}

Typed Typer::iota(NodeId id, const Arguments& arguments) {
  const auto extent = size_argument(*arguments[0], "the length of 'iota'");
  if (!extent) return {};
  require_size(*extent, 0, DiagnosticKind::size_mismatch, id, "the length of 'iota' is negative");
  return built(id, DType::i64, {*extent}, {{}, [extent](PointsBuilder& builder, const Nodes&) {
                                             const auto axes = builder.variables({*extent});
                                             return builder.points(axes, builder.index(axes[0]));
                                           }});
}

Typed Typer::full(NodeId id, const Arguments& arguments) {
  const auto shape = shape_argument(*arguments[0]);
  if (!shape || !is_whole(id, *arguments[1])) return {};
  for (const Extent& extent : *shape) {
    require_size(extent, 0, DiagnosticKind::size_mismatch, id, "an extent is negative");
  }
  return broadcast_value(id, *arguments[1], *shape);
}

Typed Typer::broadcast_to(NodeId id, const Arguments& arguments) {
  const auto shape = shape_argument(*arguments[1]);
  if (!is_whole(id, *arguments[0]) || !shape) return {};
  return broadcast_value(id, *arguments[0], *shape);
}

/// x at every point of a shape that it broadcasts to.
Typed Typer::broadcast_value(NodeId id, NodeId operand, const Shape& shape) {
  Typed& typed = at(operand);
  if (typed.is_weak) typed.wanted = typed.alone();
  const std::size_t rank = typed.shape.size();
  bool fits = rank <= shape.size();
  for (std::size_t from_end = 1; fits && from_end <= rank; ++from_end) {
    const Extent& extent = typed.shape[rank - from_end];
    fits = extent == Extent(1) || extent == shape[shape.size() - from_end];
  }
  if (!fits) {
    error(DiagnosticKind::size_mismatch, id,
          fmt::format("{}, which is {}, does not broadcast to {}", describe(id, operand),
                      type_of(operand), to_string(shape)));
    return {};
  }
  const Shape from = typed.shape;
  return built(id, typed.wanted.value_or(typed.dtype), shape,
               {{operand}, [from, shape](PointsBuilder& builder, const Nodes& operands) {
                  const auto axes = builder.variables(shape);
                  Nodes indices;
                  for (std::size_t axis = 0; axis < from.size(); ++axis) {
                    const std::size_t place = shape.size() - from.size() + axis;
                    indices.push_back(from[axis] == shape[place] ? builder.index(axes[place])
                                                                 : builder.size(0));
                  }
                  const checked::NodeId body =
                      from.empty() ? operands[0] : builder.element(operands[0], std::move(indices));
                  return builder.points(axes, body);
                }});
}

Typed Typer::transpose(NodeId id, const Arguments& arguments) {
  if (!is_whole(id, *arguments[0])) return {};
  const Typed& operand = at(*arguments[0]);
  const auto rank = static_cast<std::uint32_t>(operand.shape.size());
  std::vector<std::uint32_t> permutation;
  if (arguments[1]) {
    const auto* list = std::get_if<syntax::List>(&node(*arguments[1]).value);
    for (const NodeId each : list ? list->elements : Operands{*arguments[1]}) {
      const auto axis = axis_of(*arguments[0], each);
      if (!axis) return {};
      permutation.push_back(*axis);
    }
  } else {
    for (std::uint32_t axis = rank; axis-- > 0;)
      permutation.push_back(axis);
  }
  std::vector<std::uint32_t> sorted = permutation;
  std::sort(sorted.begin(), sorted.end());
  const bool is_permutation =
      sorted.size() == rank && std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
  if (!is_permutation) {
    error(DiagnosticKind::bad_argument, *arguments[1],
          fmt::format("the axes are no permutation of the {} of {}", rank, type_of(*arguments[0])));
    return {};
  }
  Shape shape;
  for (const std::uint32_t axis : permutation)
    shape.push_back(operand.shape[axis]);
  return built(
      id, operand.dtype, shape,
      {{*arguments[0]}, [shape, permutation](PointsBuilder& builder, const Nodes& operands) {
         const auto axes = builder.variables(shape);
         Nodes indices(permutation.size());
         for (std::size_t axis = 0; axis < permutation.size(); ++axis)
           indices[permutation[axis]] = builder.index(axes[axis]);
         return axes.empty() ? operands[0]
                             : builder.points(axes, builder.element(operands[0], indices));
       }});
}

Typed Typer::flip(NodeId id, const Arguments& arguments) {
  if (!is_whole(id, *arguments[0])) return {};
  const auto flipped = axes_of(*arguments[0], arguments[1]);
  if (!flipped) return {};
  const Typed& operand = at(*arguments[0]);
  return built(
      id, operand.dtype, operand.shape,
      {{*arguments[0]},
       [shape = operand.shape, flipped](PointsBuilder& builder, const Nodes& operands) {
         const auto axes = builder.variables(shape);
         Nodes indices;
         for (std::uint32_t axis = 0; axis < axes.size(); ++axis) {
           const bool turns = std::binary_search(flipped->begin(), flipped->end(), axis);
           indices.push_back(turns ? builder.apply(Op::subtract, {builder.size(shape[axis] - 1),
                                                                  builder.index(axes[axis])})
                                   : builder.index(axes[axis]));
         }
         return axes.empty() ? operands[0]
                             : builder.points(axes, builder.element(operands[0], indices));
       }});
}

Typed Typer::pad(NodeId id, const Arguments& arguments) {
  if (!is_whole(id, *arguments[0])) return {};
  const auto widths = pad_widths(*arguments[0], *arguments[1]);
  if (!widths) return {};
  Typed& operand = at(*arguments[0]);
  if (arguments[2]) {
    if (!is_whole(id, *arguments[2])) return {};
    const auto common = common_type(id, {*arguments[0], *arguments[2]});
    if (!common || !at(*arguments[2]).is_scalar()) {
      if (common) error(DiagnosticKind::rank_mismatch, *arguments[2], "the value is a scalar");
      return {};
    }
    convert({*arguments[0], *arguments[2]}, *common);
  }
  const DType dtype = operand.wanted.value_or(operand.dtype);
  Shape shape;
  for (std::size_t axis = 0; axis < widths->size(); ++axis) {
    const auto& [before, after] = (*widths)[axis];
    require_size(before, 0, DiagnosticKind::bad_argument, *arguments[1], "a width is negative");
    require_size(after, 0, DiagnosticKind::bad_argument, *arguments[1], "a width is negative");
    shape.push_back(before + operand.shape[axis] + after);
  }
  Operands operands = {*arguments[0]};
  if (arguments[2]) operands.push_back(*arguments[2]);
  return built(id, dtype, shape,
               {operands, [from = operand.shape, shape, widths, dtype](PointsBuilder& builder,
                                                                       const Nodes& nodes) {
                  return build_pad(builder, nodes, from, shape, *widths, dtype);
                }});
}

checked::NodeId Typer::build_pad(PointsBuilder& builder, const Nodes& operands, const Shape& from,
                                 const Shape& shape, const PadWidths& widths, DType dtype) {
  if (shape.empty()) return operands[0];
  const auto axes = builder.variables(shape);
  const auto is_inside = [&] {
    checked::NodeId all = inside(builder, axes[0], widths[0].first, widths[0].first + from[0]);
    for (std::size_t axis = 1; axis < axes.size(); ++axis) {
      const Extent& before = widths[axis].first;
      all = builder.apply(Op::logical_and,
                          {all, inside(builder, axes[axis], before, before + from[axis])});
    }
    return all;
  };
  const checked::NodeId condition = is_inside();
  Nodes indices;
  for (std::size_t axis = 0; axis < axes.size(); ++axis)
    indices.push_back(plus(builder, builder.index(axes[axis]), Extent(0) - widths[axis].first));
  const checked::NodeId value =
      builder.element(operands[0], std::move(indices), {{is_inside(), true}});
  const checked::NodeId rest = operands.size() > 1 ? operands[1] : builder.number(0, dtype);
  return builder.points(axes, builder.apply(Op::select, {condition, value, rest}));
}

/// [[before, after], ..], one for each axis.
std::optional<Typer::PadWidths> Typer::pad_widths(NodeId operand, NodeId argument) {
  PadWidths widths;
  const auto* list = std::get_if<syntax::List>(&node(argument).value);
  const std::size_t rank = at(operand).shape.size();
  for (const NodeId each : list ? list->elements : Operands{}) {
    const auto* pair = std::get_if<syntax::List>(&node(each).value);
    const auto before = pair && pair->elements.size() == 2
                            ? size_argument(pair->elements[0], "a width")
                            : std::nullopt;
    const auto after = before ? size_argument(pair->elements[1], "a width") : std::nullopt;
    if (after) widths.emplace_back(*before, *after);
  }
  if (list && widths.size() == list->elements.size() && widths.size() == rank) return widths;
  if (!diagnostics_.has_errors() || (list && widths.size() == list->elements.size())) {
    error(DiagnosticKind::bad_argument, argument,
          fmt::format("the widths are one pair for each of the {} axes", rank))
        .suggest("write [[before, after], ..]");
  }
  return {};
}

}  // namespace tcc

// Types of slices (language section 5.3): x[1:, ::2], x[0], x[None, ...].
#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "dsl/type_text.h"
#include "frontend/defined_sizes.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

/// Where one axis of the base is read: at begin + step * i of an axis of the result, or at begin.
struct AxisMap {
  Extent begin;
  std::int64_t step = 1;
  std::optional<std::size_t> result_axis;
};

/// How many steps a length has, the last one perhaps a part.
Extent rounded_up_quotient(const Extent& length, std::int64_t step) {
  constexpr std::int64_t longest_sum = std::int64_t{1} << 31;
  if (step <= longest_sum) return Extent::quotient(length + (step - 1), step);
  return Extent::quotient(length - 1, step) + 1;  // the same, without a sum that overflows
}

checked::NodeId build_slice(PointsBuilder& builder, checked::NodeId base, const Shape& shape,
                            const std::vector<AxisMap>& maps) {
  const auto axes = builder.variables(shape);
  std::vector<checked::NodeId> indices;
  for (const AxisMap& map : maps) {
    if (!map.result_axis) {
      indices.push_back(builder.size(map.begin));
      continue;
    }
    checked::NodeId index = builder.index(axes[*map.result_axis]);
    if (map.step != 1) index = builder.apply(Op::multiply, {index, builder.size(map.step)});
    if (map.begin != Extent(0)) index = builder.apply(Op::add, {index, builder.size(map.begin)});
    indices.push_back(index);
  }
  return builder.points(axes, builder.element(base, std::move(indices)));
}

}  // namespace

/// Anything but one index for each axis.
bool Typer::is_slicing(NodeId id, const syntax::Subscript& subscript) {
  for (const NodeId index : subscript.indices) {
    const auto& value = node(index).value;
    if (std::holds_alternative<syntax::Slice>(value) ||
        std::holds_alternative<syntax::NewAxis>(value) ||
        std::holds_alternative<syntax::Ellipsis>(value)) {
      return true;
    }
  }
  const bool is_index_notation = scopes_.is_index_notation(scopes_.of(id).scope);
  return !is_index_notation && at(subscript.base).is_known &&
         subscript.indices.size() < at(subscript.base).shape.size();
}

Typed Typer::slice(NodeId id, const syntax::Subscript& subscript) {
  if (!is_usable(subscript.base)) return {};
  const Typed base = at(subscript.base);
  if (base.mentions_index()) {
    error(DiagnosticKind::rank_mismatch, id, "a slice is of a whole tensor");
    return {};
  }
  const auto skipped = axes_of_ellipsis(id, subscript);
  if (!skipped) return {};
  Typed result = Typed::strong(base.dtype);
  std::vector<AxisMap> maps;
  const auto keep_axis = [&] {
    maps.push_back({0, 1, result.shape.size()});
    result.shape.push_back(base.shape[maps.size() - 1]);
  };
  const auto axis_at = [&](std::size_t axis) {
    return SlicedAxis{id, subscript.base, axis, base.shape[axis]};
  };
  for (const NodeId index : subscript.indices) {
    if (std::holds_alternative<syntax::NewAxis>(node(index).value)) {
      result.shape.push_back(1);
    } else if (std::holds_alternative<syntax::Ellipsis>(node(index).value)) {
      for (std::size_t axis = 0; axis < *skipped; ++axis)
        keep_axis();
    } else if (const auto* range = std::get_if<syntax::Slice>(&node(index).value)) {
      const auto part = slice_range(index, *range, axis_at(maps.size()));
      if (!part) return {};
      maps.push_back({part->begin, part->step, result.shape.size()});
      result.shape.push_back(part->extent);
    } else {
      const auto place = slice_index(index, axis_at(maps.size()));
      if (!place) return {};
      maps.push_back({*place, 1, {}});
    }
  }
  while (maps.size() < base.shape.size())
    keep_axis();
  typed_.shape_functions[id] = {
      {subscript.base}, [shape = result.shape, maps](PointsBuilder& builder, const auto& operands) {
        return build_slice(builder, operands[0], shape, maps);
      }};
  return result;
}

/// How many axes `...` stands for; nothing after a report of too many indices.
std::optional<std::size_t> Typer::axes_of_ellipsis(NodeId id, const syntax::Subscript& subscript) {
  std::size_t taken = 0;
  std::size_t dots = 0;
  for (const NodeId index : subscript.indices) {
    dots += std::holds_alternative<syntax::Ellipsis>(node(index).value) ? 1 : 0;
    taken += std::holds_alternative<syntax::Ellipsis>(node(index).value) ||
                     std::holds_alternative<syntax::NewAxis>(node(index).value)
                 ? 0
                 : 1;
  }
  const std::size_t rank = at(subscript.base).shape.size();
  if (dots > 1) {
    error(DiagnosticKind::bad_argument, id, "'...' stands twice in one subscript");
    return {};
  }
  if (taken > rank) {
    Report& report = error(
        DiagnosticKind::rank_mismatch, id,
        fmt::format("{}, which has {} {}, but {} indices are given",
                    describe_typed(id, subscript.base), rank, rank == 1 ? "axis" : "axes", taken));
    note_declaration(report, subscript.base);
    return {};
  }
  return rank - taken;
}

/// An integer of literals, constants and sizes; a negative one counts from the end.
std::optional<Extent> Typer::slice_bound(NodeId bound, const Extent& extent) {
  const auto value = size_argument(bound, "an index of a slice");
  if (!value) return {};
  return value->is_surely_negative() ? *value + extent : *value;
}

/// As the program has it: "-5", or nothing.
std::string Typer::written_bound(std::optional<NodeId> bound) {
  const auto value = bound ? size_argument(*bound, "an index of a slice") : std::nullopt;
  return value ? value->to_string() : "";
}

std::string Typer::outside(std::string_view what, const SlicedAxis& axis) const {
  return fmt::format("{} is outside axis {}: {}", what, axis.axis,
                     describe_typed(axis.subscript, axis.base));
}

std::optional<Extent> Typer::slice_index(NodeId index, const SlicedAxis& axis) {
  const auto place = slice_bound(index, axis.extent);
  if (!place) return {};
  const std::string message = outside(fmt::format("index {}", written_bound(index)), axis);
  require_size(*place, 0, DiagnosticKind::out_of_bounds, index, message);
  require_size(axis.extent - 1, *place, DiagnosticKind::out_of_bounds, index, message);
  return place;
}

std::optional<Typer::SliceRange> Typer::slice_range(NodeId index, const syntax::Slice& range,
                                                    const SlicedAxis& axis) {
  const Extent& extent = axis.extent;
  const auto step = range.step ? size_argument(*range.step, "the step of a slice") : Extent(1);
  const auto begin = range.begin ? slice_bound(*range.begin, extent) : Extent(0);
  const auto end = range.end ? slice_bound(*range.end, extent) : extent;
  if (!step || !begin || !end) return {};
  const auto constant = step->constant();
  if (!constant || *constant < 1) {
    error(DiagnosticKind::bad_argument, index, "the step of a slice is a positive number")
        .suggest("turn an axis round with flip(x, axis)");
    return {};
  }
  const std::string written =
      fmt::format("slice {}:{}", written_bound(range.begin), written_bound(range.end));
  const std::string message = outside(written, axis);
  require_size(*begin, 0, DiagnosticKind::out_of_bounds, index, message);
  require_size(*end, *begin, DiagnosticKind::out_of_bounds, index, message);
  require_size(extent, *end, DiagnosticKind::out_of_bounds, index, message);
  return SliceRange{*begin, *constant, rounded_up_quotient(*end - *begin, *constant)};
}

// --- for all functions of shapes

/// Notes that left >= right must hold of the sizes.
void Typer::require_size(const Extent& left, const Extent& right, DiagnosticKind kind, NodeId place,
                         std::string message) {
  typed_.requirements.push_back({left, right, {}, kind, std::move(message), node(place).span});
}

std::optional<Extent> Typer::size_argument(NodeId argument, std::string_view what) {
  const Typed& typed = at(argument);
  const Extent* extent = typed.value ? std::get_if<Extent>(&*typed.value) : nullptr;
  if (extent) return *extent;
  if (auto defined = size_by_definitions(program_, argument, typed_, names_)) return defined;
  const bool is_list = std::holds_alternative<syntax::List>(node(argument).value);
  if (is_list || is_usable(argument)) {
    Report& report = error(DiagnosticKind::bad_argument, argument,
                           fmt::format("{} is an integer of literals and sizes", what));
    if (is_integer(typed.dtype) && typed.is_scalar()) {
      report.suggest("what is computed in a run is no size: write const n = 3, or x.shape[0]");
    }
  }
  return {};
}

}  // namespace tcc

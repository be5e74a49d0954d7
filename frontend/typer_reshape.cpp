// Types of reshape (language section 5.5).
//
// Both shapes are cut into groups of the same number of elements, as short as they can be shown to
// be: within a group an element keeps its row-major place. A group of one axis on either side is
// read at that axis; a group of several at sums, quotients and rests of the axes of the result.
#include <fmt/format.h>

#include "dsl/type_text.h"
#include "frontend/typer.h"

namespace tcc {

namespace {

using Nodes = std::vector<checked::NodeId>;

/// Axes [first, last) of the operand hold what axes [first, last) of the result do.
struct Group {
  std::size_t from_first, from_last;
  std::size_t to_first, to_last;
};

std::vector<Group> groups_of(const Shape& from, const Shape& to) {
  std::vector<Group> groups;
  Group group{0, 0, 0, 0};
  Extent left = 1;
  Extent right = 1;
  const auto end_group = [&] {
    groups.push_back(group);
    group = {group.from_last, group.from_last, group.to_last, group.to_last};
    left = right = 1;
  };
  while (group.from_last < from.size() || group.to_last < to.size()) {
    const bool is_new = group.from_first == group.from_last && group.to_first == group.to_last;
    if (!is_new && left == right) {
      end_group();
      continue;
    }
    // The side that is known to hold fewer grows; where neither is, the operand's does.
    const bool grows_to =
        group.from_last == from.size() ||
        (group.to_last < to.size() && (left - right).is_surely_nonnegative() && left != right) ||
        (group.to_last < to.size() && !is_new && group.to_first == group.to_last);
    Extent& product = grows_to ? right : left;
    product = product * (grows_to ? to[group.to_last] : from[group.from_last]);
    ++(grows_to ? group.to_last : group.from_last);
  }
  end_group();
  return groups;
}

class ReshapeBuilder {
 public:
  ReshapeBuilder(PointsBuilder& builder, const Shape& from, const Shape& to)
      : builder_(builder), from_(from), to_(to), axes_(builder.variables(to)) {}

  checked::NodeId build(checked::NodeId operand) {
    Nodes indices;
    for (const Group& group : groups_of(from_, to_))
      read(group, indices);
    const checked::NodeId body =
        from_.empty() ? operand : builder_.element(operand, std::move(indices));
    return builder_.points(axes_, body);
  }

 private:
  void read(const Group& group, Nodes& indices) {
    for (std::size_t axis = group.from_first; axis < group.from_last; ++axis) {
      if (from_[axis] == Extent(1)) {
        indices.push_back(builder_.size(0));
        continue;
      }
      checked::NodeId index = place_in(group);
      const Extent stride = stride_of(group, axis);
      if (stride != Extent(1))
        index = builder_.apply(Op::floor_divide, {index, builder_.size(stride)});
      const bool is_first = axis == group.from_first;
      if (!is_first) index = builder_.apply(Op::modulo, {index, builder_.size(from_[axis])});
      indices.push_back(index);
    }
  }

  /// Of an axis among those of its group, row-major.
  Extent stride_of(const Group& group, std::size_t axis) const {
    Extent stride = 1;
    for (std::size_t later = axis + 1; later < group.from_last; ++later)
      stride = stride * from_[later];
    return stride;
  }

  /// The row-major place of a point of the result among those of its group.
  checked::NodeId place_in(const Group& group) {
    std::optional<checked::NodeId> place;
    for (std::size_t axis = group.to_first; axis < group.to_last; ++axis) {
      if (to_[axis] == Extent(1)) continue;
      const bool has_place = place.has_value();
      if (has_place) place = builder_.apply(Op::multiply, {*place, builder_.size(to_[axis])});
      const checked::NodeId index = builder_.index(axes_[axis]);
      place = has_place ? builder_.apply(Op::add, {*place, index}) : index;
    }
    return place ? *place : builder_.size(0);
  }

  PointsBuilder& builder_;
  const Shape& from_;
  const Shape& to_;
  std::vector<checked::VariableId> axes_;
};

}  // namespace

Typed Typer::reshape(NodeId id, const Arguments& arguments) {
  if (!is_whole(id, *arguments[0])) return {};
  const Typed& operand = at(*arguments[0]);
  const auto shape = reshaped(id, *arguments[0], *arguments[1]);
  if (!shape) return {};
  return built(id, operand.dtype, *shape,
               {{*arguments[0]},
                [from = operand.shape, to = *shape](PointsBuilder& builder, const Nodes& operands) {
                  return ReshapeBuilder(builder, from, to).build(operands[0]);
                }});
}

/// The extents of a list, of which one may be -1.
std::optional<Shape> Typer::reshaped(NodeId id, NodeId operand, NodeId argument) {
  auto shape = shape_argument(argument);
  if (!shape) return {};
  const Extent count = element_count(at(operand).shape);
  std::optional<std::size_t> open;
  Extent known = 1;
  for (std::size_t axis = 0; axis < shape->size(); ++axis) {
    const bool is_open = (*shape)[axis] == Extent(-1);
    if (is_open && open) {
      error(DiagnosticKind::bad_argument, argument, "one extent at most may be -1");
      return {};
    }
    if (is_open) open = axis;
    if (!is_open) known = known * (*shape)[axis];
  }
  const std::string message =
      fmt::format("{}, which cannot be reshaped to {}: {} elements, but {}",
                  describe_typed(id, operand), to_string(*shape), count.to_string(),
                  open ? fmt::format("a multiple of {}", known.to_string()) : known.to_string());
  if (open) {
    const auto rest = Extent::exact_quotient(count, known);
    if (!rest && count.constant() && known.constant()) {
      error(DiagnosticKind::size_mismatch, id, message);
      return {};
    }
    (*shape)[*open] = rest ? *rest : Extent::quotient(count, known);
  }
  const Extent result = element_count(*shape);
  require_size(count, result, DiagnosticKind::size_mismatch, id, message);
  require_size(result, count, DiagnosticKind::size_mismatch, id, message);
  return shape;
}

}  // namespace tcc

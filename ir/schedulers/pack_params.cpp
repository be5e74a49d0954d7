// Params that products read from a copy in the order in which their tiles do.
#include "ir/schedulers/pack_params.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "ir/schedulers/costs.h"
#include "ir/schedulers/tiles.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// Of the param, while it is packed: as many pages as a core has at hand.
constexpr std::int64_t rows_together = 16;
/// So that threads find ranges of about the same length.
constexpr std::int64_t enough_panels = 16;

/// Where the axes of an operand stand in it.
struct OperandAxes {
  std::vector<std::size_t> outer;       ///< of other axes of the result
  std::size_t around = 0;               ///< how many leading axes of the result these are among
  std::size_t column;                   ///< of the last axis of the result
  std::vector<std::size_t> reductions;  ///< in the order of the loops

  std::size_t rank() const { return outer.size() + 1 + reductions.size(); }
  /// Whether elements are read in the order in which they lie, but for the cut into tiles.
  bool in_order() const {
    std::vector<std::size_t> order = outer;
    order.insert(order.end(), reductions.begin(), reductions.end());
    order.push_back(column);
    return std::is_sorted(order.begin(), order.end());
  }
};

/// The one index of a load that is just this loop.
std::optional<std::size_t> index_of(const Load& load, const Axis& axis) {
  const VarId var = as<Var>(axis.var)->id;
  for (std::size_t i = 0; i < load.indices.size(); ++i) {
    const Var* index = as<Var>(load.indices[i]);
    if (index && index->id == var) return i;
  }
  return {};
}

/// Of the operand that a tile loads as vectors; nothing for another.
std::optional<OperandAxes> operand_axes(const Load& load, const Compute& product) {
  if (load.predicate || product.axes.size() < 2) return {};
  const std::size_t rank = product.axes.size();
  const auto column = index_of(load, product.axes.back());
  if (!column || index_of(load, product.axes[rank - 2])) return {};
  OperandAxes axes{{}, 0, *column, {}};
  for (std::size_t a = 0; a + 2 < rank; ++a) {
    const auto index = index_of(load, product.axes[a]);
    if (!index) continue;
    axes.outer.push_back(*index);
    axes.around = a + 1;
  }
  for (const Axis& reduction : product.reductions) {
    if (const auto index = index_of(load, reduction)) axes.reductions.push_back(*index);
  }
  // Each index is one loop, and so no other: diagonals and windows are none.
  if (axes.outer.size() + axes.reductions.size() + 1 != load.indices.size()) return {};
  if (axes.reductions.empty()) return {};
  return axes;
}

/// The columns of a tile, as arrange_contraction() cuts them; 0 where it does not.
std::int64_t tile_columns(const LoopsOfDefinition& loops, const Target& target) {
  if (loops.axes.empty() || loops.whole >= loops.axes.size()) return 0;
  const auto extent = loops.axes.back().extent;
  if (loops.is_in_tile) return extent.value_or(0);
  const std::int64_t columns = register_tile(target, loops.dtype).columns;
  return std::min(extent.value_or(columns), columns);
}

std::string axis_name(std::size_t axis) { return fmt::format("i{}", axis); }

/// Whole columns where they are one tile.
Layout layout_of(const OperandAxes& axes, std::int64_t columns, bool is_one_tile) {
  using Part = LayoutIndex::Part;
  const std::string column = axis_name(axes.column);
  Layout layout;
  for (const std::size_t axis : axes.outer)
    layout.push_back({axis_name(axis)});
  if (!is_one_tile) layout.push_back({column, Part::quotient, columns});
  for (const std::size_t axis : axes.reductions)
    layout.push_back({axis_name(axis)});
  if (is_one_tile)
    layout.push_back({column});
  else
    layout.push_back({column, Part::remainder, columns});
  return layout;
}

/// Blocks of rows, panel by panel, where columns are contiguous in the param; its own order, which
/// is that of the copy, where they are not.
std::vector<ScheduleCommand> fill_of(const OperandAxes& axes, const Tensor& param,
                                     bool is_one_tile) {
  const std::string column = axis_name(axes.column);
  if (is_one_tile) return {make_command("vectorize", {column})};
  std::vector<ScheduleCommand> commands;
  const std::size_t last = axes.rank() - 1;
  if (axes.column == last) {
    std::vector<ScheduleValue> order;
    for (std::size_t axis = 0; axis + 1 < last; ++axis)
      order.emplace_back(axis_name(axis));
    const Loop rows{axis_name(last - 1), constant_of(param.shape[last - 1])};
    const TiledAxis tiled = tile_axis(commands, rows, rows_together, Splitting::where_useful);
    if (!tiled.outer.empty()) order.emplace_back(tiled.outer);
    for (const std::string& loop : {column + ".o", tiled.inner, column + ".i"})
      order.emplace_back(loop);
    commands.push_back(make_command("reorder", std::move(order)));
  }
  commands.push_back(make_command("vectorize", {column + ".i"}));
  return commands;
}

}  // namespace

ParamPacking::ParamPacking(const Graph& graph, const Target& target,
                           const std::set<std::string>& untouched)
    : graph_(graph), target_(target), untouched_(untouched), reads_(find_reads(graph)) {}

bool ParamPacking::may_pack(std::size_t tensor) const {
  const Tensor& param = graph_.tensors[tensor];
  return param.use == TensorUse::param && reads_[tensor].size() == 1 &&
         reads_[tensor].front().loads.size() == 1 && !untouched_.contains(param.name) &&
         !untouched_.contains(param.name + ".packed");
}

std::optional<ParamPacking::Copy> ParamPacking::copy_of(const Expr& expr, const Compute& product,
                                                        std::int64_t columns) const {
  const Load* load = as<Load>(expr);
  if (!load || !may_pack(load->buffer.value)) return {};
  const auto axes = operand_axes(*load, product);
  if (!axes) return {};
  const Tensor& param = graph_.tensors[load->buffer.value];
  const auto extent = constant_of(param.shape[axes->column]);
  const auto bytes = value_of(bytes_of(param, 1));
  const bool is_one_tile = extent && *extent <= columns;
  const bool is_small = bytes && *bytes <= target_.limits.l2_bytes / 4;
  if (axes->in_order() && (is_one_tile || is_small)) return {};
  const bool is_large =
      bytes && *bytes > target_.limits.l2_bytes && extent && *extent >= columns * enough_panels;
  return Copy{param.name, layout_of(*axes, columns, is_one_tile),
              fill_of(*axes, param, is_one_tile), axes->around, is_large};
}

std::vector<ScheduleBlock> ParamPacking::blocks(std::size_t product, const LoopsOfDefinition& loops,
                                                const std::string& root) const {
  std::vector<ScheduleBlock> blocks;
  const std::int64_t columns = tile_columns(loops, target_);
  if (columns < 2) return blocks;
  const Compute& compute = *compute_of(graph_, product);
  for (const Expr& node : post_order(compute.body)) {
    auto copy = copy_of(node, compute, columns);
    if (!copy) continue;
    ScheduleBlock& packing = blocks.emplace_back();
    packing.definition = root;
    packing.commands.push_back(make_command("pack", {copy->param, std::move(copy->layout)}));
    ScheduleBlock& filling = blocks.emplace_back();
    filling.definition = copy->param + ".packed";
    filling.commands = std::move(copy->fill);
  }
  return blocks;
}

std::optional<std::size_t> ParamPacking::columns_after(std::size_t product,
                                                       DType dtype_of_tile) const {
  const Compute& compute = *compute_of(graph_, product);
  const std::int64_t columns = register_tile(target_, dtype_of_tile).columns;
  for (const Expr& node : post_order(compute.body)) {
    const auto copy = copy_of(node, compute, columns);
    if (copy && copy->is_large) return copy->around;
  }
  return {};
}

}  // namespace tcc::ir

// Tiles of the last axes of a nest.
#include "ir/schedulers/tiles.h"

#include <algorithm>

namespace tcc::ir {

TileSizes register_tile(const Target& target, DType dtype) {
  return {std::max<std::int64_t>(target.limits.vector_registers / 2 - 2, 1),
          std::min(lanes_of(target, dtype) * 2, max_lanes)};
}

std::int64_t balanced_rows(std::optional<std::int64_t> extent, std::int64_t most) {
  if (!extent) return most;
  if (*extent <= most) return std::max<std::int64_t>(*extent, 1);
  for (std::int64_t rows = most; 3 * rows >= 2 * most; --rows)
    if (*extent % rows == 0) return rows;
  const std::int64_t pieces = (*extent - 1) / most + 1;
  return (*extent - 1) / pieces + 1;
}

std::int64_t lanes_of(const Target& target, DType dtype) {
  return std::min(target.lanes(static_cast<std::int64_t>(size_in_bytes(dtype))), max_lanes);
}

TiledAxis tile_axis(std::vector<ScheduleCommand>& commands, const Loop& axis, std::int64_t size,
                    Splitting splitting) {
  if (splitting == Splitting::never) return {"", axis.name, axis.extent.value_or(1) > 1};
  if (axis.extent) size = std::clamp<std::int64_t>(*axis.extent, 1, size);
  if (splitting == Splitting::where_useful && axis.extent && *axis.extent <= size) {
    return {"", axis.name, *axis.extent > 1};
  }
  TiledAxis tiled{axis.name + ".o", axis.name + ".i", size > 1};
  commands.push_back(make_command("split", {axis.name, size}, {tiled.outer, tiled.inner}));
  return tiled;
}

Tile tile_last_axes(std::vector<ScheduleCommand>& commands, const LoopsOfDefinition& loops,
                    TileSizes sizes) {
  Tile tile;
  for (std::size_t a = 0; a < loops.axes.size(); ++a) {
    const std::size_t from_end = loops.axes.size() - 1 - a;
    if (from_end > 1) {
      if (a + 1 >= loops.whole) tile.outer.push_back(loops.axes[a].name);
      continue;
    }
    const bool column = from_end == 0;
    Splitting splitting = loops.has_tiles ? Splitting::always : Splitting::where_useful;
    if (a < loops.whole || loops.is_in_tile) splitting = Splitting::never;
    const TiledAxis tiled = tile_axis(
        commands, loops.axes[a],
        column ? sizes.columns : balanced_rows(loops.axes[a].extent, sizes.rows), splitting);
    if (!tiled.outer.empty()) tile.outer.push_back(tiled.outer);
    tile.inner.push_back(tiled.inner);
    if (tiled.worth_expanding) (column ? tile.column : tile.row) = tiled.inner;
    if (column && !tiled.outer.empty() && loops.columns_after && loops.whole == 0) {
      const std::size_t place = std::min(*loops.columns_after, tile.outer.size() - 1);
      std::rotate(tile.outer.begin() + static_cast<std::ptrdiff_t>(place), tile.outer.end() - 1,
                  tile.outer.end());
    }
  }
  return tile;
}

LoopsOfDefinition loops_in_tile(LoopsOfDefinition loops, const LoopsOfDefinition& around,
                                TileSizes sizes) {
  const std::size_t rank = loops.axes.size();
  for (std::size_t a = 0; a < rank; ++a) {
    const std::int64_t most = a + 1 == rank ? sizes.columns : a + 2 == rank ? sizes.rows : 1;
    const auto extent = around.axes[a].extent;
    loops.axes[a].extent = a + 2 == rank ? balanced_rows(extent, most)
                                         : std::clamp<std::int64_t>(extent.value_or(most), 1, most);
    if (a < around.whole && a + 2 == rank) loops.axes[a].extent = extent;
  }
  loops.is_in_tile = true;
  loops.is_whole = false;
  return loops;
}

void order_loops(std::vector<ScheduleCommand>& commands, const Tile& tile,
                 const std::vector<Loop>& reductions) {
  std::vector<ScheduleValue> order(tile.outer.begin(), tile.outer.end());
  for (const Loop& loop : reductions)
    order.emplace_back(loop.name);
  order.insert(order.end(), tile.inner.begin(), tile.inner.end());
  if (order.size() > 1) commands.push_back(make_command("reorder", std::move(order)));
}

std::vector<ScheduleCommand> expand(const Tile& tile) {
  std::vector<ScheduleCommand> commands;
  if (!tile.column.empty()) commands.push_back(make_command("vectorize", {tile.column}));
  if (!tile.row.empty()) commands.push_back(make_command("unroll", {tile.row}));
  return commands;
}

}  // namespace tcc::ir

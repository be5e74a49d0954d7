// The automatic scheduler for CPUs.
//
// Rules, with their reasons:
// - the last axis of a result is vectorized: it is the one that lies contiguous in memory
// - a contraction is computed in tiles of rows x vectors that stay in registers while the
//   reduction runs inside; a quarter of the registers as rows and two vectors as columns leave
//   room for the operands
// - a nest of more than 30 loops stays as it is: `split` has its limit
// - an axis of literal extent no longer than its tile is not split
#include "ir/schedulers/choose_schedule.h"

#include <algorithm>

#include "ir/rewrites/split.h"
#include "ir/schedulers/fusion.h"

namespace tcc::ir {

namespace {

constexpr std::int64_t max_lanes = 256;

std::set<std::string> names_in(const Schedule& schedule) {
  std::set<std::string> names;
  for (const ScheduleBlock& block : schedule.blocks) {
    names.insert(block.definition);
    for_each_command(block, [&](const ScheduleCommand& command) {
      for (const ScheduleArgument& argument : command.arguments) {
        if (const auto* name = std::get_if<std::string>(&argument.value)) names.insert(*name);
      }
    });
  }
  return names;
}

const std::string& name_of(const Axis& axis) { return as<Var>(axis.var)->name; }

/// Writes the commands of one block.
class BlockWriter {
 public:
  explicit BlockWriter(std::string definition) { block_.definition = std::move(definition); }

  void command(std::string rewrite, std::vector<ScheduleValue> arguments,
               std::vector<std::string> results = {}) {
    ScheduleCommand command;
    command.rewrite = std::move(rewrite);
    command.results = std::move(results);
    for (auto& argument : arguments)
      command.arguments.push_back({"", std::move(argument), {}});
    block_.commands.push_back(std::move(command));
  }

  void reorder(const std::vector<std::string>& loops) {
    command("reorder", {loops.begin(), loops.end()});
  }

  ScheduleBlock block_;
};

enum class Splitting : std::uint8_t { where_useful, always };

/// The loops of an axis after tiling: `inner` runs inside a tile, `outer` over tiles.
struct TiledAxis {
  std::string outer;  ///< empty where the whole axis is one tile
  std::string inner;
  bool worth_expanding;  ///< more than one iteration inside
};

TiledAxis tile_axis(BlockWriter& writer, const Axis& axis, std::int64_t size, Splitting splitting) {
  const auto extent = constant_of(axis.extent);
  if (extent) size = std::clamp<std::int64_t>(*extent, 1, size);
  if (splitting == Splitting::where_useful && extent && *extent <= size) {
    return {"", name_of(axis), *extent > 1};
  }
  TiledAxis tiled{name_of(axis) + ".o", name_of(axis) + ".i", size > 1};
  writer.command("split", {name_of(axis), size}, {tiled.outer, tiled.inner});
  return tiled;
}

/// Rows and columns of the last two axes in registers.
struct TileSizes {
  std::int64_t rows;
  std::int64_t columns;
};

TileSizes tile_sizes(const Target& target, DType dtype) {
  const auto bytes = static_cast<std::int64_t>(size_in_bytes(dtype));
  return {std::max<std::int64_t>(target.limits.vector_registers / 4, 1),
          std::min(target.lanes(bytes) * 2, max_lanes)};
}

class CpuScheduler {
 public:
  CpuScheduler(const Graph& graph, const Target& target, const std::set<std::string>& untouched)
      : graph_(graph),
        target_(target),
        plan_(plan_fusion(graph, untouched)),
        placed_(graph.tensors.size()),
        untouched_(untouched) {
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
      const FusionPlan::Decision& decision = plan_.decisions[t];
      if (decision.place == FusionPlan::Place::inlined) placed_[decision.root].inlined.push_back(t);
      if (decision.place == FusionPlan::Place::computed_at) {
        placed_[decision.root].tiles.push_back(t);
      }
    }
  }

  void append_to(Schedule& schedule) {
    for (std::size_t t = 0; t < graph_.tensors.size(); ++t) {
      const bool own = plan_.decisions[t].place == FusionPlan::Place::own_kernel;
      if (!own || !compute(t) || untouched_.count(graph_.tensors[t].name)) continue;
      for (ScheduleBlock& block : schedule_kernel(t)) {
        if (!block.commands.empty()) schedule.blocks.push_back(std::move(block));
      }
    }
  }

 private:
  const Compute* compute(std::size_t tensor) const {
    return std::get_if<Compute>(&graph_.tensors[tensor].definition);
  }

  /// The tensors in the kernel of another one, in the graph's order.
  struct Placed {
    std::vector<std::size_t> inlined, tiles;
  };

  std::vector<ScheduleBlock> schedule_kernel(std::size_t root) {
    BlockWriter writer(graph_.tensors[root].name);
    const auto& [inlined, tiles] = placed_[root];
    for (auto t = inlined.rbegin(); t != inlined.rend(); ++t) {  // readers before what they read
      writer.command("inline", {graph_.tensors[*t].name});
    }
    // Both splits of a tile would be one loop too many: such a nest stays as it is.
    if (compute(root)->axes.size() + compute(root)->reductions.size() + 2 > max_loops) {
      return {writer.block_};
    }
    if (compute(root)->reducer) {
      schedule_reduction(writer, root);
      return {writer.block_};
    }
    if (tiles.empty()) {
      schedule_elementwise(writer, root);
      return {writer.block_};
    }
    return schedule_epilogue(std::move(writer), root, tiles);
  }

  /// for .. { for j.o { vector for j.i { .. } } }
  void schedule_elementwise(BlockWriter& writer, std::size_t root) {
    const auto& axes = compute(root)->axes;
    if (axes.empty()) return;
    const std::int64_t lanes = tile_sizes(target_, graph_.tensors[root].dtype).columns / 2;
    const TiledAxis last = tile_axis(writer, axes.back(), lanes, Splitting::where_useful);
    if (last.worth_expanding) writer.command("vectorize", {last.inner});
  }

  /// The outer loops of all axes, then the reductions, then a tile of the last two axes.
  void schedule_reduction(BlockWriter& writer, std::size_t root) {
    const Compute& node = *compute(root);
    if (node.axes.empty()) return;
    const Tile tile = tile_last_axes(writer, root, Splitting::where_useful);
    std::vector<std::string> order = tile.outer;
    for (const Axis& axis : node.reductions)
      order.push_back(name_of(axis));
    order.insert(order.end(), tile.inner.begin(), tile.inner.end());
    writer.reorder(order);
    expand(writer, tile);
  }

  /// The root in tiles, each reduction computed where a tile (or a row of tiles) begins.
  std::vector<ScheduleBlock> schedule_epilogue(BlockWriter writer, std::size_t root,
                                               const std::vector<std::size_t>& tiles) {
    const std::size_t rank = compute(root)->axes.size();
    const Tile tile = tile_last_axes(writer, root, Splitting::always);
    std::vector<std::string> order = tile.outer;
    order.insert(order.end(), tile.inner.begin(), tile.inner.end());
    if (order.size() > 1) writer.reorder(order);
    for (const std::size_t t : tiles) {
      const std::size_t axes = compute(t)->axes.size();
      writer.command("compute_at", {graph_.tensors[t].name, tile.outer[axes - 1]});
    }
    expand(writer, tile);
    std::vector<ScheduleBlock> blocks = {std::move(writer.block_)};
    for (const std::size_t t : tiles)
      blocks.push_back(schedule_tile(t, rank));
    return blocks;
  }

  /// A reduction inside its reader's tile: its loops already are the tile's, of the sizes that
  /// tile_last_axes() gave the reader's last two axes.
  ScheduleBlock schedule_tile(std::size_t tensor, std::size_t rank) {
    const Compute& node = *compute(tensor);
    BlockWriter writer(graph_.tensors[tensor].name);
    std::vector<std::string> order;
    for (const Axis& axis : node.reductions)
      order.push_back(name_of(axis));
    for (const Axis& axis : node.axes)
      order.push_back(name_of(axis));
    writer.reorder(order);
    if (node.axes.size() == rank) writer.command("vectorize", {name_of(node.axes[rank - 1])});
    if (rank >= 2 && node.axes.size() >= rank - 1) {
      writer.command("unroll", {name_of(node.axes[rank - 2])});
    }
    return std::move(writer.block_);
  }

  struct Tile {
    std::vector<std::string> outer;  ///< one for each axis where splitting is `always`
    std::vector<std::string> inner;
    std::string row;     ///< to unroll; empty for none
    std::string column;  ///< to vectorize; empty for none
  };

  Tile tile_last_axes(BlockWriter& writer, std::size_t root, Splitting splitting) {
    const auto& axes = compute(root)->axes;
    const TileSizes sizes = tile_sizes(target_, graph_.tensors[root].dtype);
    Tile tile;
    for (std::size_t a = 0; a < axes.size(); ++a) {
      const std::size_t from_end = axes.size() - 1 - a;
      if (from_end > 1) {
        tile.outer.push_back(name_of(axes[a]));
        continue;
      }
      const bool column = from_end == 0;
      const TiledAxis tiled =
          tile_axis(writer, axes[a], column ? sizes.columns : sizes.rows, splitting);
      if (!tiled.outer.empty()) tile.outer.push_back(tiled.outer);
      tile.inner.push_back(tiled.inner);
      if (tiled.worth_expanding) (column ? tile.column : tile.row) = tiled.inner;
    }
    return tile;
  }

  static void expand(BlockWriter& writer, const Tile& tile) {
    if (!tile.column.empty()) writer.command("vectorize", {tile.column});
    if (!tile.row.empty()) writer.command("unroll", {tile.row});
  }

  const Graph& graph_;
  const Target& target_;
  FusionPlan plan_;
  std::vector<Placed> placed_;  // by root
  const std::set<std::string>& untouched_;
};

}  // namespace

Schedule choose_schedule(const Graph& graph, const Target& target, const Schedule& given,
                         const std::set<std::string>& kept) {
  Schedule schedule = given;
  std::set<std::string> untouched = names_in(given);
  untouched.insert(kept.begin(), kept.end());
  CpuScheduler(graph, target, untouched).append_to(schedule);
  return schedule;
}

}  // namespace tcc::ir

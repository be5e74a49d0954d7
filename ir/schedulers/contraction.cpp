// Products: sums of which each operand is read again for every index of the other.
//
// Rules, with their reasons:
// - tiles of rows x vectors of the result stay in registers while the reduction runs inside: each
//   operand that is loaded takes part in as many multiply-adds as the tile is wide or high
// - the reductions run outside the tile's rows and columns, whose loops are unrolled and vectors
// - a tile that is not its reader's is a copy in registers, written out at its end: memory that is
//   written in each step is kept in registers only where nothing else could be meant
#include "ir/schedulers/tiles.h"

namespace tcc::ir {

namespace {

/// cache_write of a tile, and the loops that write it out.
void keep_in_registers(Arrangement& arrangement, const LoopsOfDefinition& loops, const Tile& tile) {
  if (!loops.is_whole || tile.outer.empty() || tile.column.empty()) return;
  arrangement.loops.push_back(with_keyword(make_command("cache_write", {std::string("register")}),
                                           "at", tile.outer.back()));
  ScheduleBlock copy;
  copy.definition = loops.name + ".cache";
  const std::size_t rank = loops.axes.size();
  const auto axis = [&](std::size_t from_end) { return "i" + std::to_string(rank - from_end); };
  copy.commands.push_back(make_command("vectorize", {axis(1)}));
  if (!tile.row.empty()) copy.commands.push_back(make_command("unroll", {axis(2)}));
  arrangement.copies.push_back(std::move(copy));
}

}  // namespace

Arrangement arrange_contraction(const LoopsOfDefinition& loops, const Target& target) {
  Arrangement arrangement;
  if (loops.axes.empty()) return arrangement;
  Tile tile = tile_last_axes(arrangement.loops, loops, register_tile(target, loops.dtype));
  if (loops.is_in_tile) {
    tile.inner.insert(tile.inner.begin(), tile.outer.begin(), tile.outer.end());
    tile.outer.clear();
  }
  order_loops(arrangement.loops, tile, loops.reductions);
  keep_in_registers(arrangement, loops, tile);
  arrangement.expansion = expand(tile);
  return arrangement;
}

}  // namespace tcc::ir

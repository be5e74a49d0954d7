// Elementwise definitions.
//
// Rules, with their reasons:
// - the last axis is vectorized, a register wide: it is the one that is contiguous in memory, and
//   wider vectors spill once an elementary function is in the body
// - where reductions are computed in tiles of it, its last two axes are tiled as theirs are
#include "ir/schedulers/tiles.h"

namespace tcc::ir {

namespace {

/// for i.o { for j.o { unrolled for i.i { vector for j.i { .. } } } }
Arrangement arrange_around_tiles(const LoopsOfDefinition& loops, const Target& target) {
  Arrangement arrangement;
  const Tile tile = tile_last_axes(arrangement.loops, loops, register_tile(target, loops.dtype));
  order_loops(arrangement.loops, tile, {});
  if (!tile.outer.empty()) arrangement.tile = tile.outer.back();
  arrangement.expansion = expand(tile);
  return arrangement;
}

}  // namespace

/// for .. { for j.o { vector for j.i { .. } } }
Arrangement arrange_elementwise(const LoopsOfDefinition& loops, const Target& target) {
  if (loops.has_tiles) return arrange_around_tiles(loops, target);
  Arrangement arrangement;
  if (loops.axes.empty() || loops.axes.size() <= loops.whole) return arrangement;
  const TiledAxis last = tile_axis(arrangement.loops, loops.axes.back(),
                                   lanes_of(target, loops.dtype), Splitting::where_useful);
  if (last.worth_expanding) {
    arrangement.expansion.push_back(make_command("vectorize", {last.inner}));
  }
  return arrangement;
}

}  // namespace tcc::ir

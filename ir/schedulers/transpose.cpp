// Definitions that read down the columns of what they read: y[i, j] = x[j, i].
//
// Rules, with their reasons:
// - the last two axes run in square tiles, a vector register wide: a line of the cache that is
//   fetched for one element of a column serves the rows of the tile after it, which a pass over
//   whole columns would have evicted
// - the rows of a tile are unrolled, so that their reads of one line stand together
#include "ir/schedulers/tiles.h"

namespace tcc::ir {

Arrangement arrange_transpose(const LoopsOfDefinition& loops, const Target& target) {
  if (loops.has_tiles || loops.axes.size() < 2) return arrange_elementwise(loops, target);
  Arrangement arrangement;
  const std::int64_t side = lanes_of(target, loops.dtype);
  const Tile tile = tile_last_axes(arrangement.loops, loops, {side, side});
  order_loops(arrangement.loops, tile, {});
  arrangement.expansion = expand(tile);
  return arrangement;
}

}  // namespace tcc::ir

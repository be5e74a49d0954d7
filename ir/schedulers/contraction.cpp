// Products: sums of which each operand is read again for every index of the other.
//
// Rules, with their reasons:
// - tiles of rows x vectors of the result stay in registers while the reduction runs inside: each
//   operand that is loaded takes part in as many multiply-adds as the tile is wide or high
// - the reductions run outside the tile's rows and columns, whose loops are unrolled and vectors
#include "ir/schedulers/tiles.h"

namespace tcc::ir {

Arrangement arrange_contraction(const LoopsOfDefinition& loops, const Target& target) {
  Arrangement arrangement;
  if (loops.axes.empty()) return arrangement;
  Tile tile = tile_last_axes(arrangement.loops, loops, register_tile(target, loops.dtype));
  if (loops.is_in_tile) {
    tile.inner.insert(tile.inner.begin(), tile.outer.begin(), tile.outer.end());
    tile.outer.clear();
  }
  order_loops(arrangement.loops, tile, loops.reductions);
  arrangement.expansion = expand(tile);
  return arrangement;
}

}  // namespace tcc::ir

// Reductions along an axis that is not contiguous: s[j] = sum[i](x[i, j]).
//
// Rules, with their reasons:
// - a strip of columns stays in registers while the rows go by, half of the registers wide: each
// row
//   of the strip is a run of memory that the processor fetches ahead, and there are enough sums
//   that none waits for another
// - where it is computed in a tile of its reader, the tile is the strip
#include <algorithm>

#include "ir/schedulers/tiles.h"

namespace tcc::ir {

Arrangement arrange_column_reduction(const LoopsOfDefinition& loops, const Target& target) {
  if (loops.is_in_tile) return arrange_contraction(loops, target);
  Arrangement arrangement;
  if (loops.axes.empty()) return arrangement;
  const std::int64_t strip = std::min(
      lanes_of(target, loops.dtype) * std::max<std::int64_t>(target.limits.vector_registers / 2, 1),
      max_lanes);
  const Tile tile = tile_last_axes(arrangement.loops, loops, {1, strip});
  order_loops(arrangement.loops, tile, loops.reductions);
  arrangement.expansion = expand(tile);
  return arrangement;
}

}  // namespace tcc::ir

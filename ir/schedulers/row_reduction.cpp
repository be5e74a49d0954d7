// Reductions along the contiguous axis: s[i] = sum[k](x[i, k]).
//
// Rules, with their reasons:
// - terms of a row are added in lanes, eight registers of them, as in a full reduction
// - where that is not allowed, by --strict, or the rows are short, a block of rows goes through the
// reduction together: each row is a chain in which one term waits
//   for the one before, and a processor has several such chains under way
#include "ir/schedulers/lanes.h"
#include "ir/schedulers/tiles.h"

namespace tcc::ir {

namespace {

constexpr std::int64_t chains = 8;  // two additions a cycle, each four cycles long

}  // namespace

Arrangement arrange_row_reduction(const LoopsOfDefinition& loops, const Target& target) {
  if (loops.is_in_tile) return arrange_contraction(loops, target);
  Arrangement arrangement;
  if (auto reduce = reduce_in_lanes(loops, target)) {
    arrangement.loops = {std::move(*reduce)};
    return arrangement;
  }
  std::size_t rank = loops.axes.size();
  while (rank > loops.whole && loops.axes[rank - 1].extent == 1)
    --rank;
  if (rank == 0) return arrangement;
  Tile tile;
  for (std::size_t a = 0; a + 1 < rank; ++a) {
    if (a + 1 >= loops.whole) tile.outer.push_back(loops.axes[a].name);
  }
  const bool is_blocked = rank <= loops.whole;
  const TiledAxis rows = tile_axis(arrangement.loops, loops.axes[rank - 1], chains,
                                   is_blocked ? Splitting::never : Splitting::where_useful);
  if (!rows.outer.empty()) tile.outer.push_back(rows.outer);
  tile.inner.push_back(rows.inner);
  for (std::size_t a = rank; a < loops.axes.size(); ++a)
    tile.inner.push_back(loops.axes[a].name);
  if (rows.worth_expanding) tile.row = rows.inner;
  order_loops(arrangement.loops, tile, loops.reductions);
  arrangement.expansion = expand(tile);
  return arrangement;
}

}  // namespace tcc::ir

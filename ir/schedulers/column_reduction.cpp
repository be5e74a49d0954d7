// Reductions along an axis that is not contiguous: s[j] = sum[i](x[i, j]).
//
// Rules, with their reasons:
// - a block of rows goes by together, in strips of columns: memory is read nearly in its own order,
//   and the sums are read and written once a block. A strip that all rows go by would touch a page
//   of memory for each row, which no prefetcher follows: it takes twice the time
// - eight rows are streams that a processor keeps apart; four vectors of each hide their latency
// - it runs on one thread, which one core's memory bandwidth nearly suffices for: parts of the
// columns
//   as an outer loop would break up the order in which memory is read (a fifth slower with parts
//   of one to four pages), and parts of the rows would add terms in another order
// - each sum still adds its terms in order: --strict allows it
// - where it is computed in a tile of its reader, the tile is the strip
#include <algorithm>

#include "ir/schedulers/tiles.h"

namespace tcc::ir {

namespace {

constexpr std::int64_t rows_together = 8;
constexpr std::int64_t vectors_of_strip = 4;

}  // namespace

/// for .. { for k.o { for j.o { unrolled for k.i { vector for j.i { .. } } } } }
Arrangement arrange_column_reduction(const LoopsOfDefinition& loops, const Target& target) {
  if (loops.is_in_tile) return arrange_contraction(loops, target);
  Arrangement arrangement;
  if (loops.axes.empty()) return arrangement;
  const std::int64_t strip = std::min(lanes_of(target, loops.dtype) * vectors_of_strip, max_lanes);
  const TiledAxis rows =
      tile_axis(arrangement.loops, loops.reductions.back(), rows_together, Splitting::where_useful);
  const TiledAxis columns =
      tile_axis(arrangement.loops, loops.axes.back(), strip, Splitting::where_useful);
  std::vector<ScheduleValue> order;
  for (std::size_t a = 0; a + 1 < loops.axes.size(); ++a) {
    if (a + 1 >= loops.whole) order.emplace_back(loops.axes[a].name);
  }
  for (std::size_t k = 0; k + 1 < loops.reductions.size(); ++k)
    order.emplace_back(loops.reductions[k].name);
  for (const std::string& loop : {rows.outer, columns.outer, rows.inner, columns.inner}) {
    if (!loop.empty()) order.emplace_back(loop);
  }
  arrangement.loops.push_back(make_command("reorder", std::move(order)));
  if (columns.worth_expanding) {
    arrangement.expansion.push_back(make_command("vectorize", {columns.inner}));
  }
  if (rows.worth_expanding) {
    arrangement.expansion.push_back(make_command("unroll", {rows.inner}));
  }
  return arrangement;
}

}  // namespace tcc::ir

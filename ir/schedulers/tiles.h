// Tiles of the last axes of a nest, as several kinds of computation use them.
#pragma once

#include "ir/schedulers/arrangement.h"

namespace tcc::ir {

/// More lanes than one `vectorize` takes.
inline constexpr std::int64_t max_lanes = 256;

/// Extents of a tile: rows of the axis before the last, columns of the last.
struct TileSizes {
  std::int64_t rows;
  std::int64_t columns;
};

/// A tile whose sums stay in registers, as many rows as there are registers for: each row has two
/// vectors of sums, beside two vectors of the other operand and what is spread over the lanes.
TileSizes register_tile(const Target& target, DType dtype);
/// The rows of a tile where `extent` of them are known: of like pieces, without a rest where a
/// number of at least two thirds of `most` divides them; `most` where it is open how many there
/// are.
std::int64_t balanced_rows(std::optional<std::int64_t> extent, std::int64_t most);
/// Lanes of one vector register.
std::int64_t lanes_of(const Target& target, DType dtype);

/// An axis cut into tiles: `inner` runs inside one, `outer` over them.
struct TiledAxis {
  std::string outer;  ///< empty where the whole axis is one tile
  std::string inner;
  bool worth_expanding;  ///< more than one iteration inside
};

enum class Splitting : std::uint8_t {
  where_useful,  ///< an axis of literal extent no longer than its tile stays whole
  always,        ///< so that there is a loop around the tile
  never,
};

/// Adds the split, where there is one, to `commands`.
TiledAxis tile_axis(std::vector<ScheduleCommand>& commands, const Loop& axis, std::int64_t size,
                    Splitting splitting);

/// The loops of a nest whose last two axes are tiled; reductions run between the outer loops and
/// the tile.
struct Tile {
  std::vector<std::string> outer, inner;
  std::string row;     ///< to unroll; empty for none
  std::string column;  ///< to vectorize; empty for none
};
Tile tile_last_axes(std::vector<ScheduleCommand>& commands, const LoopsOfDefinition& loops,
                    TileSizes sizes);
/// The loops of a reduction that is computed in a tile of `around`, of the same rank.
LoopsOfDefinition loops_in_tile(LoopsOfDefinition loops, const LoopsOfDefinition& around,
                                TileSizes sizes);
/// reorder(outer.., reductions.., inner..), where it changes anything.
void order_loops(std::vector<ScheduleCommand>& commands, const Tile& tile,
                 const std::vector<Loop>& reductions);
std::vector<ScheduleCommand> expand(const Tile& tile);

}  // namespace tcc::ir

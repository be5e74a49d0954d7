// Kernels that go through rows: softmax, norms, attention, means.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/schedulers/arrangement.h"

namespace tcc::ir {

enum class RowBlocks : std::uint8_t {
  single,
  tiles,  ///< as many rows as a tile of a product has
};

/// The rows of a kernel and the loops that definitions are computed in.
struct RowLoops {
  std::vector<std::string> loops;  ///< at place d - 1: the loop for a definition of depth d
  RowBlocks blocks = RowBlocks::single;
  std::int64_t block = 1;  ///< rows of the innermost of them that are taken together
};

/// Rules, with their reasons:
/// - what a row needs of other definitions is computed in a loop around that row, one after the
///   other, so that each finds in the cache what the ones before have read and made
/// - one row at a time: the first cache holds more of it than of several
/// - but a block of rows where there is a product: it reads its other operand once for all of them.
///   And where reductions are chains: those of several rows do not wait for each other
/// The innermost of the first `depth` of `loops` is split, in `commands` and in `root`, the loops
/// of the kernel's root; those around a row are taken from it.
RowLoops block_rows(std::vector<ScheduleCommand>& commands, LoopsOfDefinition& root,
                    const std::vector<Axis>& loops, std::size_t depth, RowBlocks blocks,
                    const Target& target);

/// The loops of a definition that is computed at row loop number `depth`.
LoopsOfDefinition loops_in_row(LoopsOfDefinition member, std::size_t depth, const RowLoops& rows);

}  // namespace tcc::ir

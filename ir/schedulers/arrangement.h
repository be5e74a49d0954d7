// How one definition's loops are arranged: what each kind of computation has a scheduler for.
//
//   choose_schedule -> plan_fusion, and for each kernel: row blocks, arrange() of the root, the
//   commands that move others into it, arrange() of each of those.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/rewrites/rewrite.h"
#include "ir/schedule.h"
#include "ir/schedulers/classify.h"
#include "ir/target.h"

namespace tcc::ir {

/// A loop as its definition's nest has it when the definition is scheduled.
struct Loop {
  std::string name;
  std::optional<std::int64_t> extent;  ///< where it is known
};

/// What a kind's scheduler is given.
struct LoopsOfDefinition {
  std::string name;
  DType dtype;
  std::vector<Loop> axes;  ///< outermost first
  std::vector<Loop> reductions;
  std::size_t whole = 0;         ///< that many leading axes are blocked already and not split again
  bool may_reassociate = false;  ///< a reduction whose terms may be added in another order
  bool is_contiguous = false;    ///< and whose last loop goes along what it reads
  bool is_whole = true;          ///< in memory as a whole, not a row of it
  bool has_tiles = false;        ///< reductions are computed at the tile that Arrangement names
  bool is_in_tile = false;       ///< it is computed in such a tile: no axis is split
  /// The loop over tiles of columns runs inside that many leading axes only, not innermost of those
  /// over tiles: see ParamPacking::columns_after().
  std::optional<std::size_t> columns_after{};
};

/// What a kind's scheduler gives back: commands for one block.
struct Arrangement {
  std::vector<ScheduleCommand> loops;      ///< splits, and the order
  std::string tile;                        ///< the loop around a tile; "" where there is none
  std::vector<ScheduleCommand> expansion;  ///< vectorize and unroll, last
  std::vector<ScheduleBlock> copies{};     ///< of the copies that it makes
};

ScheduleCommand make_command(std::string rewrite, std::vector<ScheduleValue> arguments,
                             std::vector<std::string> results = {});

ScheduleCommand with_keyword(ScheduleCommand command, std::string keyword, const std::string& loop);

Arrangement arrange_elementwise(const LoopsOfDefinition& loops, const Target& target);
Arrangement arrange_transpose(const LoopsOfDefinition& loops, const Target& target);
Arrangement arrange_gather(const LoopsOfDefinition& loops, const Target& target);
Arrangement arrange_full_reduction(const LoopsOfDefinition& loops, const Target& target);
Arrangement arrange_row_reduction(const LoopsOfDefinition& loops, const Target& target);
Arrangement arrange_column_reduction(const LoopsOfDefinition& loops, const Target& target);
Arrangement arrange_contraction(const LoopsOfDefinition& loops, const Target& target);
/// Scans, sorts and whatever else stays as it is.
Arrangement arrange_nothing();

/// By the kind.
Arrangement arrange(Kind kind, const LoopsOfDefinition& loops, const Target& target);

}  // namespace tcc::ir

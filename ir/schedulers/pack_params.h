// Params that products read from a copy in the order in which their tiles do.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ir/schedulers/arrangement.h"
#include "ir/schedulers/reads.h"

namespace tcc::ir {

/// Which params of a graph the schedulers may have packed, and how.
///
/// Rules, with their reasons:
/// - the operand that a tile loads as vectors: indexed by the tile's columns, not by its rows, and
///   by a reduction, each index a loop of its own. Packed, what a tile reads while its reduction
///   runs lies in one piece: no page and no cache set is met again at each row of the operand, and
///   the other order, x @ W.T, is read as vectors instead of lane by lane
/// - only params that no run replaces. A session packs them once, when they are bound
///   (ir/resident_kernels.h), whatever the other sizes are, so that the number of rows is no
///   matter: one row of tiles reads a packed operand in a third of the time, too. A run without a
///   session packs each time, which takes such a product about as long as it gains
/// - not what takes less than a quarter of the second cache, where its rows are at hand in any case
///   (a product of 256^3 gained nothing), nor what has one column of tiles, which is in order
///   already. Unless their order is another
/// - where it is larger than the second cache, each panel of it is read once, for all rows, and the
///   rows again for each panel: these are as many times fewer bytes as a tile is wider than high.
///   With 16 panels at least, which threads share out
/// - the copy is made of blocks of rows, each read panel by panel: so no page is met again for each
///   row of a panel, and what is stored is contiguous for a while
/// - only where the product is all that reads the param: each kernel would keep a copy of its own
class ParamPacking {
 public:
  /// What is called like one of `untouched` is left alone, be it a param or its copy.
  ParamPacking(const Graph& graph, const Target& target, const std::set<std::string>& untouched);

  /// The blocks that pack what contraction `product`, whose tiles are of `loops`, reads: of `root`,
  /// in whose kernel it is, and of the copies. None where nothing is to be packed.
  std::vector<ScheduleBlock> blocks(std::size_t product, const LoopsOfDefinition& loops,
                                    const std::string& root) const;

  /// How many leading axes of `product` the loop over tiles of columns runs inside, where a packed
  /// param is to be read once; nothing where that loop stays the innermost over tiles.
  std::optional<std::size_t> columns_after(std::size_t product, DType dtype_of_tile) const;

 private:
  /// What a product reads that is to be packed.
  struct Copy {
    std::string param;
    Layout layout;
    std::vector<ScheduleCommand> fill;
    std::size_t around;  ///< how many leading axes of the product it depends on
    bool is_large;       ///< so that it had better be read once
  };

  /// Of what a product reads, if that is to be packed.
  std::optional<Copy> copy_of(const Expr& read, const Compute& product, std::int64_t columns) const;
  bool may_pack(std::size_t tensor) const;

  const Graph& graph_;
  const Target& target_;
  const std::set<std::string>& untouched_;
  std::vector<std::vector<Reads>> reads_;
};

}  // namespace tcc::ir

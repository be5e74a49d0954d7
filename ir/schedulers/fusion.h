// Which definitions share a kernel on a CPU, and why.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/schedulers/classify.h"
#include "ir/target.h"

namespace tcc::ir {

/// What becomes of each tensor of a graph.
struct FusionPlan {
  enum class Place : std::uint8_t {
    own_kernel,
    inlined,  ///< computed where it is read
    in_tile,  ///< a reduction, at a tile of `stage`, which reads it at its own point
    in_row,   ///< what a row of `root` needs of it, in a loop around that row
  };
  struct Decision {
    Place place = Place::own_kernel;
    std::size_t root = 0;   ///< the tensor whose kernel it is; itself for own_kernel
    std::size_t stage = 0;  ///< the definition whose block has the command
    std::size_t depth = 0;  ///< in_row: how many of row_loops() are around it
    std::string reason{};   ///< "inlined into y: ..": "" of placeholders and outputs
  };
  std::vector<Decision> decisions;  ///< one for each tensor
  /// By root: the most row_loops() around a definition that is in_row; 0 for none.
  std::vector<std::size_t> row_depth;
};

/// The loops of a kernel's root that rows may be taken of, outermost first: its axes and
/// reductions, its axes only where these run in tiles; the reductions where it is one number.
std::vector<Axis> row_loops(const Compute& root, Kind kind);

/// Rules, with their reasons:
/// - nothing is computed twice but a few operations: an elementwise temporary that one nest reads
///   at its own point is inlined there; elsewhere it is where every loop of the reader is in the
///   read's indices and at most 64 operations are repeated (a pass over memory takes the time of
///   more), 4 where a row of it could stay in the cache instead
/// - what only renames elements, in the order in which they lie, is inlined wherever it is read
/// - but what is made of a reduction at its points, and read in another order, as a transposed one,
///   is stored in place of the reduction: that is then computed in its rows or tiles
/// - a reduction that is read at its own point is computed at a tile of its reader, in registers
/// - what a kernel reads by its own leading axes, and else in rows as a whole, is computed a row at
///   a time: of softmax and norms all passes over a row find it in the cache, and nothing of the
///   size of the tensor is stored. Not so where the row would be read down a column of memory, and
///   not the operand of a product made by another product, as in layers of a perceptron, unless
///   what both read for every row fits in half of L2 together; but always where it is normalized
///   between them, as attention does: its scores would be stored and read three times
/// - at most 32 definitions are inlined into one kernel, 128 where they are read at its own point:
///   longer chains gain nothing more; at most 16 are computed in its tiles, and 16 in its rows:
///   each looks at the whole kernel
/// - what is read under a guard, or to check an index, keeps its kernel, as do outputs, scans,
///   sorts and definitions in `untouched` (those that a given schedule names)
FusionPlan plan_fusion(const Graph& graph, const Target& target,
                       const std::set<std::string>& untouched);

}  // namespace tcc::ir

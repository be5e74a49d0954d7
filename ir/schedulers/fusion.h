// Which definitions share a kernel on a CPU.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/schedule.h"

namespace tcc::ir {

/// What becomes of each tensor of a graph.
struct FusionPlan {
  enum class Place : std::uint8_t {
    own_kernel,
    inlined,      ///< into the kernel of `root`
    computed_at,  ///< in the kernel of `root`, a tile at a time
  };
  struct Decision {
    Place place = Place::own_kernel;
    std::size_t root;  ///< the tensor whose kernel it is; itself for own_kernel
  };
  std::vector<Decision> decisions;  ///< one for each tensor
};

/// Rules, with their reasons:
/// - an elementwise temporary with one reader is inlined where every loop of the reader is in the
///   read's indices: nothing is computed twice, and a pass over memory is saved
/// - an elementwise temporary whose readers are all in one kernel, and read it at their own point,
///   is inlined there, and computed once for all of them: a generator's ten rounds are one pass
/// - a reduction with one elementwise reader is computed at a tile of it, where it is read at the
///   reader's own axes, all of them or the leading ones: the tile stays in registers
/// - at most 32 definitions are inlined into one kernel, 128 where they are read at its own point:
///   longer chains gain nothing more; at most 16 are computed in its tiles: more do not stay in
///   registers, and each looks at the whole kernel
/// - what is read under a guard, or to check an index, keeps its kernel
/// - definitions in `untouched` (those that a given schedule names) keep their kernels
FusionPlan plan_fusion(const Graph& graph, const std::set<std::string>& untouched);

}  // namespace tcc::ir

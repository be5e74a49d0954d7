// Where integer values lie in a run whose sizes are numbers: estimates for reports, not proofs
// (ir/affine/bounds.h), in time of the expressions' nodes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "ir/loop_program.h"

namespace tcc::ir {

/// The values that an expression takes lie from `lowest` to `highest`, both infinite where nothing
/// is known; `loops` has bit d where they change with the loop at depth d.
struct Reach {
  double lowest;
  double highest;
  std::uint64_t loops = 0;
};

/// Loops further inside count as one with this depth.
inline constexpr unsigned deepest_loop = 63;

/// What is known of variables: sizes, loops around, values of `let`.
class ReachOfVars {
 public:
  void set(VarId var, Reach reach) { reaches_[var] = reach; }

  /// Each node of the DAG is met once.
  Reach operator()(const Expr& expr) const;

 private:
  std::map<VarId, Reach> reaches_;
};

/// Places in a dense array: from the first to the last index of each axis, and how many of them at
/// most.
struct TouchedBox {
  std::vector<double> first;
  std::vector<double> last;  ///< inclusive; before `first` where nothing is touched
  double count;
};

/// How often each loop runs, by depth.
using TripsByDepth = std::array<double, deepest_loop + 1>;

/// What one access touches as the loops around it run: exact where its indices are independent sums
/// of loop variables without gaps, an upper bound where not. `shape`: extents of the array.
TouchedBox touched_by(const std::vector<Expr>& indices, const std::vector<double>& shape,
                      const ReachOfVars& reach, const TripsByDepth& trips);

/// Both together, which may touch the same places.
void add_to(TouchedBox& box, const TouchedBox& more);

/// At most the sum of what was added and what the box holds.
double element_count(const TouchedBox& box);

}  // namespace tcc::ir

// Whether the iterations of a loop are independent of each other.
//
// Two accesses of a buffer, of which one stores, are compared axis by axis, in two different
// iterations v and v' of the loop; loops inside it run on their own in each. They touch different
// elements where one axis tells the iterations apart:
//
//   step*v + rest and step*v' + rest'    if |rest - rest'| < |step| whatever the loops inside do
//   f(v) // M and f(v) % M on two axes,  if f(v) tells them apart, which is equal where both are
//   or multiples of them and a rest
//   x with first(v) <= x < first(v + 1)  where a guard says so, and `first` never falls: pieces of
//                                        sizes that differ
#pragma once

#include <optional>
#include <vector>

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// What two iterations of a loop may do to one element.
struct Conflict {
  enum class Kind : std::uint8_t { both_store, one_loads };
  Kind kind;
  BufferId buffer;
  std::vector<Expr> stored, accessed;  ///< indices; the second of a load, or of another store
};

/// The first conflict between iterations of `loop`, a loop in `kernel_body`. What an iteration
/// allocates is its own. Nothing: proven independent.
std::optional<Conflict> find_conflict(const LoopProgram& program, const Stmt& kernel_body,
                                      const For& loop);

/// That as the refusal of a rewrite that needs independent iterations.
std::optional<Refusal> refuse_conflict(const LoopProgram& program, const Stmt& kernel_body,
                                       const For& loop);

}  // namespace tcc::ir

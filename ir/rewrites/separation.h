// Whether two accesses of a buffer touch different elements in different iterations of a loop.
//
// They are compared axis by axis, in two iterations v and v'; loops inside run on their own in
// each. They touch different elements where one axis tells the iterations apart:
//
//   step*v + rest, step*v' + rest'         if |rest - rest'| < |step|, whatever the loops inside do
//   4*(f(v) // M) + i and f(v) % M         on two axes, if f(v) tells them apart: where both are
//                                          equal, and i is in 0:4, so is f
//   x with first(v) <= x < first(v + 1)    where a guard says so and `first` never falls: tiles of
//                                          sizes that differ
#pragma once

#include <set>
#include <vector>

#include "ir/affine/bounds.h"

namespace tcc::ir {

/// An access in the body of the loop whose iterations are compared.
struct LoopAccess {
  enum class Kind : std::uint8_t { store, load };
  Kind kind;
  BufferId buffer;
  std::vector<Expr> indices;
  VarRanges inner;           ///< the loops between the one looked at and the access
  std::vector<Expr> guards;  ///< conjuncts that hold at the access
};

/// The iterations of a loop.
struct LoopIterations {
  Expr var;
  std::set<VarId> declared;  ///< in the loop's body, by loops and lets
  VarRanges around;          ///< of the loops around, this one included
  const LoopProgram& program;
};

/// True where proven.
bool touch_different_elements(const LoopIterations& iterations, const LoopAccess& a,
                              const LoopAccess& b);

}  // namespace tcc::ir

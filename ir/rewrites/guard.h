// The guards that rewrites put around what may lie outside.
#pragma once

#include "ir/affine/bounds.h"
#include "ir/rewrites/indexed_program.h"

namespace tcc::ir {

/// A guard that a rewrite needs: where `condition` is false, the body must not run.
struct Guard {
  Expr condition;
  VarRanges ranges;          ///< of the loops around the body: those the condition depends on
  std::string_view rewrite;  ///< "split"
  OriginId parent;
};

/// Before:   body
/// After:    if condition {  # false at M = 1, i.o = 0, i.i = 3
///             body
/// or the body itself where the condition is proven. The guard's origin says why it could not be:
/// values for which it is false or, where a short search finds none, that it was not proven.
Stmt guarded(IndexedProgram& program, Stmt body, const Guard& guard);

/// Looks again at the guards that guarded() has made, when later rewrites have replaced their
/// variables and put other guards around them: what is proven now goes, the others say for which
/// of today's variables they are false.
void settle_guards(LoopProgram& program);

}  // namespace tcc::ir

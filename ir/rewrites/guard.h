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
/// or the body itself where the condition is proven. The reason is found by settle_guards().
Stmt guarded(IndexedProgram& program, Stmt body, const Guard& guard);

/// Looks again at the guards that guarded() has made, when later rewrites have replaced their
/// variables and put other guards around them: what is proven now goes. The origins of the others
/// say why they stay: values for which they are false or, where a short search finds none, that
/// they were not proven.
void settle_guards(LoopProgram& program);

}  // namespace tcc::ir

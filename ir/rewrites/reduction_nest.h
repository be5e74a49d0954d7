// A reduction as it stands in a loop nest: what rfactor, reduce and online take from it.
#pragma once

#include <functional>
#include <vector>

#include "ir/rewrites/rewrite.h"
#include "ir/visit.h"

namespace tcc::ir {

/// The one statement `C[element] = op(C[element], body)` and what stands between it and the
/// outermost loop that it is repeated in:
///   for k.o { for i { if guards { for k.i { C[i] = op(C[i], body) } } } }
/// The loops whose variable is in no index of the element are the reduction's, the others axes.
struct ReductionNest {
  KernelIndex kernel;
  std::vector<Stmt> loops;   ///< For statements from the outermost reduction loop inwards
  std::vector<Expr> guards;  ///< conjuncts of the conditions between those loops
  Stmt update;               ///< the Store
  ReducerKind reducer;
  Expr body;  ///< one of the values that are combined

  const Store& store() const { return *as<Store>(update); }
  const For& outermost() const { return *as<For>(loops.front()); }
  /// Whether a loop is one of the reduction's.
  bool reduces_over(const Stmt& loop) const;
};

/// The reduction of definition `stage` that loop `var` is a reduction loop of.
/// Refuses loops over an axis, steps of a recurrence, and nests with other accesses of the
/// definition between the loops.
tl::expected<ReductionNest, Refusal> find_reduction(const IndexedProgram& program, BufferId stage,
                                                    VarId var);

/// The loops over axes inside the outermost reduction loop, outermost first.
std::vector<Stmt> axes_inside(const ReductionNest& nest);

/// Where `axes`, some loops of the nest, or the element that is updated depend on what only the
/// other loops of the nest know: then what is done for each element cannot be done outside of
/// those.
std::optional<Refusal> refuse_dependent(const ReductionNest& nest, const std::vector<Stmt>& axes);

/// Loops of `stage` like `axes`, with variables of their own, around `body`; the guards of the nest
/// that its reduction loops have no part in are around it too. `body` gets the new variables.
Stmt nest_over(IndexedProgram& program, const ReductionNest& nest, const std::vector<Stmt>& axes,
               BufferId stage, OriginId origin,
               const std::function<Stmt(const Substitution&)>& body);

/// What leaves every value as it is, and the value of two values.
Expr identity_of(ReducerKind reducer, DType dtype, OriginId origin);
Expr combined(ReducerKind reducer, const Expr& left, const Expr& right, OriginId origin);

/// The statement in place of another one below `root`, the very node.
Stmt replace_statement(const Stmt& root, const Stmt& statement, const Stmt& replacement);

/// The kernel with `replacement` for loop `loop` and for what stands right before it in its block
/// and stores to `buffer` only: the initialization, which is handed to `replacement`, null where
/// there is none.
Stmt replace_with_initialization(const Stmt& root, const Stmt& loop, BufferId buffer,
                                 const std::function<std::vector<Stmt>(const Stmt&)>& replacement,
                                 OriginId origin);

}  // namespace tcc::ir

// Finding and replacing loops in a program.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ir/affine/bounds.h"
#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// The loops of `stage` called `name`, in the order of the text. There are two where `reorder`
/// has split an initialization off its reduction: both nests keep the names, the main one is last.
std::vector<VarId> loops_named(const IndexedProgram& program, BufferId stage,
                               const std::string& name);

/// One loop for each name, in that order, all on one way from a kernel's body inwards; the last
/// such in the text. Empty where there is none.
std::vector<VarId> loops_in_one_nest(const IndexedProgram& program, BufferId stage,
                                     const std::vector<std::string>& names);

/// The names of all loops of `stage`, each once, in the order of the text.
std::vector<std::string> loop_names(const IndexedProgram& program, BufferId stage);

/// The kernel that has loop `var` of `stage`; a loop that is nowhere is a bug().
KernelIndex kernel_of(const IndexedProgram& program, BufferId stage, VarId var);

/// The statement of loop `var` in a kernel's body, null where it is not there.
Stmt find_loop(const Stmt& body, VarId var);

/// Replaces the statement of loop `var` in a kernel.
void replace_loop(IndexedProgram& program, KernelIndex kernel, VarId var, const Stmt& replacement);

/// Whether iterations of the loop write to one element of a buffer that they share: its variable is
/// in no index of some store.
bool carries_reduction(const For& loop);

/// Whether an iteration of the loop needs what an earlier one has stored: some store reads its own
/// buffer at another element, as C[i, k] = C[i, k - 1] + .., and the loop's variable tells the two
/// apart; or a `let` reads what every iteration stores to. Such loops are run in order.
bool steps_recurrence(const For& loop);

/// The statement with variables of its own in the place of those that it declares, names kept.
Stmt with_fresh_vars(IndexedProgram& program, const Stmt& stmt);

/// How often a loop of this extent runs: the extent where it is never negative, else
/// maximum(extent, 0). `ranges` are those of the loops around it: its own would say that it runs.
Expr iteration_count(const Expr& extent, const VarRanges& ranges, const Facts& facts,
                     OriginId origin);

/// Whether a statement or one below it is an allocation, or that of one buffer.
bool has_allocation(const Stmt& stmt);
bool is_allocated_in(const Stmt& stmt, BufferId buffer);

/// Why `names` cannot be given to loops that take the place of those called `replaced`: one is
/// there already, or given twice, or there are too many loops. `loop` is underlined.
std::optional<Refusal> refuse_names(const IndexedProgram& program, const RewriteCall& call,
                                    const std::vector<std::string>& replaced, VarId loop);

/// The variable of a loop, or of a For statement.
inline VarId var_of(const For& loop) { return as<Var>(loop.var)->id; }
inline VarId var_of(const Stmt& loop) { return var_of(*as<For>(loop)); }

/// A loop of that kind at `var` or around it.
bool is_in_loop_of(ForKind kind, const Stmt& kernel, VarId var);

/// The name hint of a loop's variable.
const std::string& name_of(const For& loop);

/// Gives loop `var` of `stage` another kind.
void set_kind(IndexedProgram& program, BufferId stage, VarId var, ForKind kind,
              std::string_view rewrite);

}  // namespace tcc::ir

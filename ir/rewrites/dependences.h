// Whether the iterations of a loop are independent of each other.
//
// They are where no two of them may access one element of which one stores it:
// ir/rewrites/separation.h compares two accesses.
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

/// Whether an iteration may need what an earlier one has stored to another element than its own,
/// as the passes of a sort do. A reduction does not: it may be combined in any order.
bool needs_its_order(const LoopProgram& program, const Stmt& kernel_body, const For& loop);

/// A conflict as the refusal of a rewrite that needs independent iterations.
std::optional<Refusal> refuse_conflict(const LoopProgram& program, const Stmt& kernel_body,
                                       const For& loop);

}  // namespace tcc::ir

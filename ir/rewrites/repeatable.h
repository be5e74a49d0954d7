// Whether the body of a loop may be run again.
#pragma once

#include <optional>

#include "ir/stmt.h"

namespace tcc::ir {

/// A body is repeatable if a second run of one iteration, right after the first or after later
/// ones, leaves what the first would have: it loads from no buffer that it stores to but what the
/// same run has stored before. Returns the first Load that may see what another run has left;
/// nothing where there is none.
///
///   C[i] = 0; for k { C[i] = C[i] + A[i, k] }      repeatable
///   C[i] = C[i] + A[i, k]                          not: adds again
///
/// A load is known to see its own run's store where that stands before it in the text, and has the
/// same indices under no guard more: loops of the same bounds stand for each other.
std::optional<Expr> reads_another_run(const Stmt& body);

}  // namespace tcc::ir

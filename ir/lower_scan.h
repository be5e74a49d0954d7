// Scans (cumulative sums and their kin) as loop nests.
#pragma once

#include "ir/graph.h"
#include "ir/stmt.h"

namespace tcc::ir {

/// Runs the steps in order, each from the result of the one before it.
/// Before:  C[i, k] = scan sum[k](A[i, k])
/// After:   for i { for k { C[i, k] = where(k > 0, C[i, k - 1], 0) + A[i, k] } }
/// Errors:  none.
Stmt lower_scan(const Tensor& tensor, const Scan& scan, BufferId buffer);

}  // namespace tcc::ir

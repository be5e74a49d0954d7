// From the checked program to the graph of comprehensions.
#pragma once

#include "frontend/checked.h"
#include "ir/graph.h"

namespace tcc {

/// Lowers every definition to one or more Computes.
/// Before:   C = relu(A @ B + bias)
/// After:    C.1[i0, i1] = sum[k0](A[i0, k0] * B[k0, i1])
///           C[i0, i1] = relu(C.1[i0, i1] + bias[i1])
/// Ensures:  a reduction is the root of its Compute; index notation gives the same Computes with
///           the program's own variable names; elementwise operators between two reductions make
///           one Compute.
/// Errors:   none; the checker has seen to it.
ir::Graph lower_to_graph(const checked::Program& program);

}  // namespace tcc

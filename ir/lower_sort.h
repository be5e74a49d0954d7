// Sorting as loop nests: a bottom-up merge sort of keys and their places.
#pragma once

#include "ir/loop_program.h"

namespace tcc::ir {

/// Sorts each line along the axis by merging runs of 1, 2, 4, .. elements (Knuth, The Art of
/// Computer Programming 3, 5.2.4): stable, n log2 n comparisons, whatever the data.
/// Before:  P[i, p] = sort places[p](A[i, p])
/// After:   for i { for p { P[i, p] = p; keys[p] = A[i, p] }
///                  for pass { for run { for o { merged[o] = the lesser head of two runs } .. } } }
/// Adds to the program its local buffers: the keys, what is merged, and two heads of runs.
/// Errors:  none.
Stmt lower_sort(LoopProgram& program, const Tensor& tensor, const Sort& sort, BufferId buffer);

}  // namespace tcc::ir

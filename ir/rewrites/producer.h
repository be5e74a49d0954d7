// A definition as other definitions see it: what both inline and compute_at take from its nest.
#pragma once

#include <vector>

#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// The kernel of a definition that no schedule has touched but by inlining into it: one loop an
/// axis, in order, and inside them `body`, which stores elements [i0, i1, ..] only.
struct Producer {
  KernelIndex kernel;
  std::vector<Stmt> loops;  ///< For statements, outermost first, one for each axis
  Stmt body;
};

/// The producer of `buffer`, for a rewrite of the schedule of another definition, `stage`.
/// Refuses `stage` itself, inputs, definitions without a kernel of their own, and scheduled ones.
tl::expected<Producer, Refusal> find_producer(const IndexedProgram& program, BufferId buffer,
                                              BufferId stage);

/// Whether a statement or one below it loads from the buffer.
bool reads(const Stmt& stmt, BufferId buffer);

/// Whether one of its loads from the buffer has a predicate.
bool reads_guarded(const Stmt& stmt, BufferId buffer);

}  // namespace tcc::ir

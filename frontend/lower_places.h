// argmax and argmin in the graph.
#pragma once

#include <functional>

#include "frontend/lowering_loops.h"

namespace tcc {

/// reducer[reductions](term) at `axes`, where the reducer gives a place.
struct PlaceReduction {
  ReducerKind reducer;
  std::vector<ir::Axis> axes;
  std::vector<ir::Axis> reductions;
  ir::Expr term;
};

/// Adds a temporary tensor of an element type to the graph.
using AddTemporary = std::function<ir::BufferId(ir::Tensor::Definition, DType)>;

/// The extreme first, then the lowest place that has it; a NaN is every extreme. Each term is
/// computed once, so that both see the same value.
/// Before:   P[i] = argmax[k](A[i, k])
/// After:    P.1[i] = max[k](A[i, k])
///           P[i] = min[k](where(A[i, k] == P.1[i] or A[i, k] != A[i, k], k, 2^63 - 1))
/// Shape:    of several reductions the place is the position in the row-major order of their
/// ranges.
ir::Compute lower_places(const PlaceReduction& reduction, LoweringLoops& loops,
                         const AddTemporary& add_temporary);

}  // namespace tcc

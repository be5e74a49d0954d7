// The reference evaluator: what the numbers should be, and how far off they may be.
//
// Runs the checked program with plain loops, integers exactly, floats in f64, programs with f64 in
// double-double, and carries with each value a bound on the difference to any correct evaluation
// in the program's own types, whatever the order of its reductions (Higham, Accuracy and Stability
// of Numerical Algorithms, 2002, chapters 2 to 4: running error analysis). Deliberately naive; it
// shares no code with the graph, the loop IR or any backend.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <tcc/tensor.h>

#include "frontend/checked.h"

namespace tcc {

/// One expected tensor, row-major. A result r of element e is right if |r - value[e]| <= bound[e];
/// an exact value has the bound 0. NaN wants NaN, an infinity the same one; an infinite bound
/// accepts anything. A bool that could be either has the bound 1.
struct ReferenceTensor {
  std::vector<std::int64_t> shape;
  DType dtype;
  std::vector<double> value;
  std::vector<double>
      value_low;  ///< value + value_low is the double-double; empty for f32 programs
  std::vector<double> bound;
  std::int64_t discontinuities = 0;  ///< elements whose bound straddles a comparison: both accepted
};

/// Expected outputs for `inputs` (in the order of program.inputs) and the sizes they imply, then
/// the values of the updates.
std::vector<ReferenceTensor> evaluate_reference(const checked::Program& program,
                                                std::span<const Tensor> inputs,
                                                const SizeValues& sizes);

/// How far a result is from what is expected. For tensors without elements all is zero.
struct Comparison {
  bool within_bounds;
  double max_error;  ///< |r - value| of the element shown: the first wrong one, or the largest one
  double allowed;    ///< its bound
  std::int64_t discontinuities;
  std::vector<std::int64_t> worst;  ///< its index
  double got, expected;             ///< at `worst`
};
/// bug() where shapes or element types differ.
Comparison compare(const Tensor& result, const ReferenceTensor& expected);

}  // namespace tcc

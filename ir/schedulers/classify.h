// What kind of computation a definition is, told from its index maps alone: never from its name or
// from exact sizes. A convolution, an einsum and a transposed product are contractions alike.
#pragma once

#include <string_view>

#include "ir/graph.h"

namespace tcc::ir {

enum class Kind : std::uint8_t {
  elementwise,       ///< what it reads runs along its own last axis, or stays where it is
  transpose,         ///< reads down a column: the last axis of what it reads is not its own
  gather,            ///< reads at an index that is itself read
  full_reduction,    ///< to one number
  row_reduction,     ///< along the axis that is contiguous in what it reads
  column_reduction,  ///< along another axis
  contraction,       ///< of two operands, each of which lacks an axis that the other has
  in_order,          ///< a scan or a sort
  fallback,          ///< a reduction of none of these, or more loops than can be split
};
std::string_view name_of(Kind kind);

/// Of a definition; a placeholder is a bug().
Kind classify(const Tensor& tensor);

/// A reduction that leaves a number for each row, or one for all.
bool is_along_rows(Kind kind);

/// Whether the last of its reductions goes along what it reads, a reduction's widest operand.
bool reduces_contiguously(const Compute& reduction);

}  // namespace tcc::ir

// The layout of a packed tensor: `[i1 // 16, i0, i1 % 16]`.
#pragma once

#include <vector>

#include "ir/affine/bounds.h"
#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// One index of the packed tensor, of axis `axis` of the tensor.
struct PackedIndex {
  std::size_t axis;
  LayoutIndex::Part part;
  std::int64_t divisor;
};
using PackedLayout = std::vector<PackedIndex>;

/// The layout for a tensor of that rank. Refuses layouts that lose elements: each axis is there as
/// a whole, or by quotient and remainder of one divisor.
tl::expected<PackedLayout, Refusal> packed_layout(const Layout& layout, std::size_t rank);

/// How many there are of an index where the tensor's extents are `extent`.
Expr packed_extent(const PackedIndex& index, const std::vector<Expr>& extent, OriginId origin);

/// Where element `indices` of the tensor is in the packed one. Quotients and remainders are taken
/// apart where the ranges of the variables tell them, so that 16 * o + i is o and i.
std::vector<Expr> packed_indices(const PackedLayout& layout, const std::vector<Expr>& indices,
                                 const VarRanges& ranges, const Facts& facts, OriginId origin);

}  // namespace tcc::ir

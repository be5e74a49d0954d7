// The part of a tensor that one iteration of a loop accesses, and a buffer of that size which takes
// the tensor's place there: what compute_at, cache_read, cache_write, pack and prefetch share.
#pragma once

#include <functional>
#include <vector>

#include "ir/affine/bounds.h"
#include "ir/rewrites/rewrite.h"

namespace tcc::ir {

/// A box: for each axis the first element and how many there are, over the variables around the
/// loop. It holds every element that is accessed, and may hold others: some outside the tensor,
/// where the loop's last iterations are guarded.
struct Region {
  std::vector<Expr> offset;
  std::vector<Expr> extent;  ///< never negative
};

/// All loads from `buffer` below `body`, with the ranges of the loops between `body` and each,
/// added to those of `around`.
void for_each_read(const Stmt& body, BufferId buffer, const VarRanges& around,
                   const std::function<void(const Load&, const VarRanges&)>& f);

/// What one iteration of the loop loads from and stores to a buffer; refused where the indices are
/// no intervals of known size. No axes where nothing is accessed.
tl::expected<Region, Refusal> region_accessed(const For& loop, BufferId buffer, const Facts& facts,
                                              OriginId origin);

/// Where a local buffer of that extent is kept: registers up to 8 KiB, the stack up to 64 KiB, the
/// heap where it is larger or of no constant size.
Memory memory_for(const std::vector<Expr>& extent, DType dtype);

/// The statement with its accesses of `from` at `[e, ..]` made accesses of `to` at `[e - offset,
/// ..]`; the two may be the same.
Stmt move_accesses(const Stmt& root, BufferId from, BufferId to, const Region& region);

/// What is done for each element of a region: where it is in the region, and where in the tensor.
using AtElement = std::function<Stmt(const std::vector<Expr>&, const std::vector<Expr>&)>;

/// A nest of loops i0, i1, .. of `stage`, or of those names, over a region, around what is done for
/// each element; those outside `shape` are left out by guards, unless they are proven to be none.
/// `around`: ranges of the loops that the nest will stand in.
Stmt over_region(IndexedProgram& program, const Region& region, const std::vector<Expr>& shape,
                 BufferId stage, VarRanges around, OriginId origin, const AtElement& at_element,
                 const std::vector<std::string>& names = {});

}  // namespace tcc::ir

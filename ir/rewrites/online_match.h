// What the rewrite `online` recognises: a maximum, and sums of values that are scaled by it.
#pragma once

#include <vector>

#include "ir/rewrites/reduction_nest.h"

namespace tcc::ir {

/// How the maximum stands in a sum's value.
enum class Shift : std::uint8_t {
  plain,    ///< exp(x - m): not a number where m is -inf
  guarded,  ///< exp(x - select(m == -inf, 0, m))
};

/// sum over k of  exp(x - m) * rest / divisors, the divisors being sums of the same loop.
struct ScaledSum {
  BufferId buffer;
  ReductionNest nest;
  Expr maximum;  ///< the Load of m
  Shift shift;
  std::vector<Expr> divisors;  ///< Loads of other sums, constant over the loop
  Expr body;                   ///< what is added: of the guarded form, without the divisors
};

/// Reads sum `nest` of `buffer` in those terms, `maximum` being the reduction that its value is
/// scaled by: over the same `x`, whatever the loops are called. `sums`: the other sums of the loop.
/// Refuses whatever else the sum's value is, saying what stands in the way.
tl::expected<ScaledSum, Refusal> match_scaled_sum(const IndexedProgram& program, BufferId buffer,
                                                  const ReductionNest& nest,
                                                  const ReductionNest& maximum,
                                                  const std::vector<BufferId>& sums);

}  // namespace tcc::ir

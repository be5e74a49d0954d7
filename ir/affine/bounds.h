// Ranges of variables, and of the integer expressions over them.
#pragma once

#include <map>
#include <optional>

#include "ir/loop_program.h"

namespace tcc::ir {

/// Where a variable runs: begin <= var <= last (inclusive), expressions over what is outside it.
struct VarRange {
  Expr begin;
  Expr extent;
};
using VarRanges = std::map<VarId, VarRange>;

/// What is known where an expression stands: the loops around it, the facts of its program, and
/// conditions that hold, as of the guards around.
struct Knowledge {
  VarRanges ranges;
  Facts facts;
  std::vector<Expr> assumptions;
};

/// The variables, each before those that its range depends on. Ranges that depend on each other
/// are left out: loops do not nest so.
std::vector<VarId> innermost_first(const VarRanges& ranges);

/// The smallest and largest value of an expression as the variables of `ranges` run, none of which
/// is empty, as expressions over the other variables: sums, products, quotients by what is not
/// negative, remainders within one period, minima and maxima. Both values are taken on where the
/// variables run independently; nothing where a variable stands in two places that may not take
/// on their ends together, or where it is not known in which direction the expression grows.
struct Interval {
  Expr lowest, highest;
};
std::optional<Interval> interval_of(const Expr& expr, const VarRanges& ranges, OriginId origin,
                                    const Facts& facts = {});

/// Bounds that need not be taken on: any number of places, all remainders, selects. For what must
/// lie between, not for what is read or allocated.
std::optional<Interval> bounds_of(const Expr& expr, const VarRanges& ranges, OriginId origin,
                                  const Facts& facts = {});

/// The ranges of the loops (and lets) around loop `var` in a kernel, itself included.
VarRanges ranges_around(const Stmt& kernel_body, VarId var);

}  // namespace tcc::ir

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

/// The smallest and largest value of a linear expression as the variables of `ranges` run,
/// as expressions over the other variables; nothing where it is not linear in them.
struct Interval {
  Expr lowest, highest;
};
std::optional<Interval> interval_of(const Expr& expr, const VarRanges& ranges, OriginId origin);

/// The ranges of the loops (and lets) around loop `var` in a kernel, itself included.
VarRanges ranges_around(const Stmt& kernel_body, VarId var);

}  // namespace tcc::ir

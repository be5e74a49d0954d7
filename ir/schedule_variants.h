// The variants of a schedule: `when M >= 512 and N % 16 == 0 { .. }`.
//
// A program with n different conditions has n + 1 variants, each a whole program: they are tried in
// the order of the text when sizes are known, and the last one is general. In each, a block
// takes its first `when` that is known to hold there.
#pragma once

#include <map>

#include "ir/loop_program.h"
#include "ir/schedule.h"

namespace tcc::ir {

/// What is known by name beside the program's sizes: sizes given as numbers, constants.
using KnownNumbers = std::map<std::string, std::int64_t>;

/// One way through a schedule.
struct ChosenVariant {
  std::string condition;  ///< as written; empty for the general one
  Expr holds;             ///< over the program's sizes; null for the general one
  Facts facts;            ///< the program's, and what the condition says
  Schedule schedule;      ///< without variants
};

/// More than anyone reads; each is compiled.
inline constexpr std::size_t max_variants = 16;

/// The variants of `schedule` for the sizes of `plain`, in the order in which they are tried, the
/// general one last. One whose condition never holds is left out; what always holds is general.
/// Errors: `bad-schedule` for a condition that names no size, is no condition, or reads a tensor.
std::vector<ChosenVariant> choose_variants(const Schedule& schedule, const LoopProgram& plain,
                                           const KnownNumbers& numbers, TargetKind target,
                                           Diagnostics& diagnostics);

}  // namespace tcc::ir

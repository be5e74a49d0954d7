// The variants of a schedule: `when M >= 512 and N % 16 == 0 { .. }`.
//
// Each block takes its first `when` that holds, its general commands where none does. Every
// combination that can come of that is a variant, a whole program: the n conditions of one block
// make n + 1, two blocks of one condition each 4. They are tried in turn when sizes are known.
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
/// general one last: the first whose condition holds is the one to take. Of what never holds, and
/// of what always does, nothing is left to ask.
/// Errors: `bad-schedule` for a condition that names no size, is no condition, or reads a tensor,
/// for more than 8 different conditions, for more than 16 variants.
std::vector<ChosenVariant> choose_variants(const Schedule& schedule, const LoopProgram& plain,
                                           const KnownNumbers& numbers, TargetKind target,
                                           Diagnostics& diagnostics);

}  // namespace tcc::ir

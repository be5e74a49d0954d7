// Expressions over a program's sizes, in a run that gives each a number.
#pragma once

#include "dsl/extent.h"
#include "ir/loop_program.h"
#include "ir/visit.h"

namespace tcc {

/// A number in the place of each of the program's sizes that `sizes` has.
ir::Substitution size_numbers(const ir::LoopProgram& program, const SizeValues& sizes);

/// The value of an i64 or bool expression over sizes alone; nothing where it leaves 64 bits.
std::optional<std::int64_t> known_over_sizes(const ir::Expr& expr, const ir::Substitution& sizes);

}  // namespace tcc

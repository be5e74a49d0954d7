// For tests: IR text in, a schedule applied, IR text out.
#pragma once

#include <string>
#include <string_view>

#include "ir/apply_schedule.h"

namespace tcc::ir {

/// Parses IR text; wrong text fails the running test and gives an empty program.
LoopProgram program_from(std::string_view text);

/// Printed loop IR without what stands behind `#`: parsed and printed, it is this again.
std::string without_comments(std::string_view text);

/// The program after a schedule; a refusal fails the running test.
LoopProgram scheduled(std::string_view program_text, std::string_view schedule_text);

/// The printed kernels after a schedule.
std::string scheduled_text(std::string_view program_text, std::string_view schedule_text);

/// The message of the refusal that a schedule meets, without notes; "" where there is none.
std::string refusal_of(std::string_view program_text, std::string_view schedule_text,
                       Reassociation reassociation = Reassociation::allowed);

/// Runs two programs of the same buffers on the same pseudo-random inputs by the interpreter, for
/// every combination of `size_values` for the size names, and expects the same bits.
void expect_same_results(const LoopProgram& a, const LoopProgram& b,
                         const std::vector<std::int64_t>& size_values);

/// As above, but floats (f32) may differ by `tolerance`, relative where they are larger than 1;
/// what is not a number, or infinite, is so in both.
void expect_near_results(const LoopProgram& a, const LoopProgram& b,
                         const std::vector<std::int64_t>& size_values, double tolerance);

}  // namespace tcc::ir

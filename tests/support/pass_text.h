// For tests of passes: IR text before, IR text after, and the same results.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ir/loop_program.h"

namespace tcc::ir {

/// The program after the pass of this name; malformed IR fails the running test.
LoopProgram after_pass(std::string_view pass, LoopProgram program);

/// Runs one pass over IR text and expects these kernels; that the text after reads back as what it
/// says; and the same bits before and after for every combination of `sizes` for the size names.
/// `header` are the sizes and buffers of both, the texts are one kernel's body.
void expect_pass(std::string_view pass, std::string_view header, std::string_view before,
                 std::string_view after, const std::vector<std::int64_t>& sizes);

}  // namespace tcc::ir

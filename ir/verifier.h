// The rules that loop IR obeys between any two passes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ir/loop_program.h"

namespace tcc::ir {

/// Every breach found (the first hundred), in words; empty for a well-formed program.
/// - every variable is declared around its use (size, For, Let), and declared once
/// - every origin is traceable
/// - operand types and lanes agree; conditions are bool; indices are i64, as many as the rank
/// - buffers exist; local ones are allocated around their use, inputs are not stored to
/// - vector, unrolled loops have constant extents
/// - a buffer in place of another has its shape and element size, and begins where that one ends
/// - what is read was written before: an input, a buffer of an earlier kernel, or one stored to
///   earlier in this kernel
std::vector<std::string> verify(const LoopProgram& program);

/// The breaches inside one kernel, and of the buffers that it allocates, of a program that is
/// well-formed otherwise. `is_written` tells whether an earlier kernel stores to a buffer.
using IsWritten = std::function<bool(BufferId)>;
std::vector<std::string> verify(const LoopProgram& program, const Kernel& kernel,
                                const IsWritten& is_written);

/// bug() with the program's text where verify() finds something. `after` names the step.
void check_valid(const LoopProgram& program, std::string_view after);
void check_valid(const LoopProgram& program, const Kernel& kernel, const IsWritten& is_written,
                 std::string_view after);

}  // namespace tcc::ir

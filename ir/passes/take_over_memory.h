// A result is stored over an operand that is not needed any more.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   temporary s: f32[N, M]; temporary p: f32[N, M]
///           kernel p { for i { m = max over j of s[i, j]; for j { p[i, j] = exp(s[i, j] - m) } } }
/// After:    temporary p: f32[N, M] in place of s
///           The kernels stay as they are: what changes is where buffers may lie, which the memory
///           plan, the interpreter and the code's alias scopes go by.
/// Where:    `s` is a temporary that no later kernel touches, `p` a temporary or an output that no
///           earlier kernel touches, with the same shape and bytes an element; and every access of
///           an element of `s` in the kernel comes before that element of `p` is stored: for each
///           loop around both, accesses in two of its iterations are proven to be of different
///           elements (ir/rewrites/separation.h), and in one iteration the access stands first. So
///           tiles that overlap, and what is read again, are left alone.
///           Each temporary is taken over once. Inputs never are, nor what PassOptions keeps.
/// Requires: runs before all other passes, on nests that the proof reads; of these none moves an
///           access behind a store that it stood before.
/// Ensures:  nothing that other passes need.
LoopProgram take_over_memory(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

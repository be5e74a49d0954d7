// Loop IR as text, which ir/parser.h reads back.
//
//   size M, K, N
//   input A: f32[M, K]
//   output C: f32[M, N]
//   temporary C.1: f32[M, N]
//
//   kernel C.1 {
//     for i0 in 0:M {
//       for i1 in 0:N {
//         C.1[i0, i1] = 0.0
//         for k0 in 0:K {
//           C.1[i0, i1] = C.1[i0, i1] + A[i0, k0] * B[k0, i1]
//
// Literals: `3` is i64, `0.0` is f32, others carry their type: `3i32`, `0.0f64`, `true`; infinity
// and NaN are `inf`, `-inf`, `nan`, `f64(-inf)`. A loop is `for`, `unrolled for`, `parallel for`,
// `vector for`, and ends in `of T` where its stage is not that of the loop around it (or the
// kernel's own). A variable prints as its hint; where an enclosing one is called the same, with its
// stage before it (`C.1.i0`) and, where that is taken too, a number behind.
#pragma once

#include <string>

#include "ir/loop_program.h"

namespace tcc::ir {

std::string print(const LoopProgram& program);
std::string print(const LoopProgram& program, const Kernel& kernel);
std::string print(const LoopProgram& program, const Stmt& stmt);

/// For messages: variables by their hints, buffers by number unless a program is given.
std::string print(const Expr& expr);
std::string print(const LoopProgram& program, const Expr& expr);

/// The kernel with `~~~^` under the line of a loop, for refusals (language section 9.2).
std::string print_underlined(const LoopProgram& program, const Kernel& kernel, VarId loop);

}  // namespace tcc::ir

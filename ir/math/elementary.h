// The elementary functions in terms of the operations that every target has.
//
// Each function is written once, as an expression; whoever runs or prints loop IR puts it in the
// place of the call, so the interpreter and machine code give the same bits, lane by lane, whatever
// the width of a vector. There are no calls, no tables in memory but one, and no traps.
//
// Accuracy: within 4 units in the last place of the correctly rounded result for every input, in
//           f32 and f64 (measured in docs/accuracy.md). f32 is computed in f64 with shorter
//           polynomials and rounded, but for exp, log and tanh with their kin, which have f32
//           arithmetic of their own; f16 and bf16 in f32 and rounded.
// Method:   argument reduction and minimax polynomials (Muller, Elementary Functions, 2016), whose
//           coefficients scripts/fit_elementary.py computes.
#pragma once

#include "ir/expr.h"

namespace tcc::ir {

/// What a call stands for: `value`, but `rare_value` in the lanes where `is_rare` holds. Sine,
/// cosine and tangent have a rare part, for arguments that are costly to reduce, and `//` and `%`,
/// for long quotients; the others leave it null.
struct Expansion {
  Expr value;
  Expr is_rare;
  Expr rare_value;
};

/// Whether an operator is made of others, and whether a node is one.
bool is_expanded(Op op, DType operand);
bool is_expanded(const Expr& node);

/// What to put in the place of a Unary, Binary or Call for which is_expanded() holds. It reads the
/// node's own operands, and itself contains nothing that is expanded.
Expansion expand(const Expr& node);

}  // namespace tcc::ir

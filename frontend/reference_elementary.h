// Elementary functions on approximate floats.
//
// The value comes from libm in long double (64 or more bits on x86 and 64-bit ARM), whose own error
// is counted. Operands that are not certain span a box: the functions are monotone in each operand
// between a few known points, so what they do at its corners and at those points bounds what they
// do inside. To that 4 units in the last place are added, which section 7 allows, and half a one.
#pragma once

#include "dsl/operators.h"
#include "frontend/reference_value.h"

namespace tcc::reference {

/// Whether `elementary` has the operator.
bool is_elementary(Op op);

/// Unary functions leave out `b`. Anything where an operand may lie outside of what the function
/// takes, or at a pole, and does not certainly.
template <typename Real>
Approximate<Real> elementary(Op op, const Approximate<Real>& a, const Approximate<Real>& b,
                             const Precision& precision);

/// `//` and `%`; open where the quotient may pass a whole number.
template <typename Real>
Approximate<Real> floor_division(Op op, const Approximate<Real>& a, const Approximate<Real>& b,
                                 const Precision& precision);

/// floor, ceil, round, trunc and sign: exact, but open where a step lies within the bound.
template <typename Real> Approximate<Real> step_function(Op op, const Approximate<Real>& a);

/// isnan, isinf, isfinite: a bool.
template <typename Real> Approximate<Real> classify(Op op, const Approximate<Real>& a);

}  // namespace tcc::reference

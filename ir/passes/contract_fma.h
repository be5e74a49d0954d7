// a + b*c with one rounding.
#pragma once

#include "ir/passes/passes.h"

namespace tcc::ir {

/// Before:   c + a * b        a * b - c        c - a * b
/// After:    fma(a, b, c)     fma(a, b, -c)    fma(-a, b, c)
///           Floats only. Where both operands of a sum are products, the right one is contracted.
///           Decided here, and not by a backend, so that every target gives the same bits
///           (language section 2.7). Nothing is changed under `strict`.
LoopProgram contract_fma(LoopProgram program, const PassOptions& options);

}  // namespace tcc::ir

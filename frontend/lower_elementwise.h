// Elementwise operators of the language as operations of the IR.
#pragma once

#include <vector>

#include "ir/expr.h"

namespace tcc {

/// An operator on operands of one type (of `select`, after its condition). What the IR has no
/// operation for is written out: `clamp` by minimum and maximum, powers with a constant whole
/// exponent up to 4 by products, rounding and classification of integers, which are whole.
ir::Expr lower_elementwise(Op op, std::vector<ir::Expr> operands, ir::OriginId origin);

}  // namespace tcc

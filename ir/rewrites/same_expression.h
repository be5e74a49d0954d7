// Equality of expressions, whatever they share and wherever they come from.
#pragma once

#include "ir/expr.h"

namespace tcc::ir {

/// Whether two expressions are built alike from the same variables, loads and numbers. Index
/// arithmetic is to be simplified before: then `i + 1` and `1 + i` are built alike. In time about
/// linear in their nodes.
bool same_expression(const Expr& a, const Expr& b);

}  // namespace tcc::ir

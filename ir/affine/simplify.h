// Simplification of integer index arithmetic and of trivial identities.
#pragma once

#include "ir/affine/bounds.h"

namespace tcc::ir {

/// An equal expression: constants folded, integer sums in a canonical order (variables by id,
/// constant last), and the rules of ir/affine/rules.h on all other arithmetic of indices.
/// Floats are folded only where no bit can change: never reassociated.
Expr simplify(const Expr& expr);

/// The same where more is known: conditions of rules are proven from it. The result is equal where
/// the knowledge holds.
Expr simplify(const Expr& expr, const Knowledge& knowledge);

/// Whether two i64 scalars are equal whatever their variables are; false means "not known".
bool same_value(const Expr& a, const Expr& b);

/// Simplifies every expression in a statement, whose loops and guards stay as they are.
Stmt simplify_expressions(const Stmt& stmt);

/// Expressions as above, with what is known of the loops around each, and statements too: loops of
/// one iteration become their body; loops of none, guards that always hold, and guards that never
/// do, with their bodies, are removed. Null where nothing is left.
Stmt simplify(const Stmt& stmt, const Facts& facts = {});

}  // namespace tcc::ir

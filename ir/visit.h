// Walking and rebuilding expressions and statements, without recursion by depth: each node of a
// DAG is met once.
#pragma once

#include <functional>
#include <map>

#include "ir/stmt.h"

namespace tcc::ir {

/// Calls f with each operand, predicate included.
void for_each_child(const ExprNode& node, const std::function<void(const Expr&)>& f);

/// The node with f applied to its operands; the very same node where nothing changed.
Expr map_children(const Expr& expr, const std::function<Expr(const Expr&)>& f);

/// Every node below and including `root`, operands first, each once.
std::vector<Expr> post_order(const Expr& root);
std::vector<Expr> post_order(std::span<const Expr> roots);

/// Rebuilds a DAG bottom-up: f gets each node with its operands already rebuilt.
Expr rewrite(const Expr& root, const std::function<Expr(const Expr&)>& f);

/// Replaces variables.
using Substitution = std::map<VarId, Expr>;
Expr substitute(const Expr& expr, const Substitution& values);
Stmt substitute(const Stmt& stmt, const Substitution& values);

/// Applies f to every expression that stands directly in the statement (bounds, indices, values,
/// predicates, conditions), not to those in nested statements; the same node if nothing changed.
Stmt map_expressions(const Stmt& stmt, const std::function<Expr(const Expr&)>& f);

/// The statement with f applied to its direct sub-statements. A null Stmt from f removes: from a
/// Block that statement; where nothing is left in a Block, or a body is gone, the whole (null).
Stmt map_statements(const Stmt& stmt, const std::function<Stmt(const Stmt&)>& f);

/// Rebuilds bottom-up: every node of every expression by `on_expr`, as above, then each statement
/// by `on_stmt`; a null Stmt removes it, and what is empty without it. Either function may be
/// empty. Where all is removed, an empty Block is left.
Stmt rewrite(const Stmt& root, const std::function<Expr(const Expr&)>& on_expr,
             const std::function<Stmt(const Stmt&)>& on_stmt);

/// Every statement, parents first, in order of execution text.
void for_each_statement(const Stmt& root, const std::function<void(const Stmt&)>& f);
/// Every expression that stands directly in some statement.
void for_each_expression(const Stmt& root, const std::function<void(const Expr&)>& f);

/// Whether the tree that a DAG stands for has more than `most` nodes; in time of `most`.
bool is_tree_larger_than(const Expr& root, std::size_t most);

/// A variable or a number: what has no operands.
bool is_leaf(const Expr& expr);
bool uses_var(const Expr& expr, VarId id);
bool uses_var(const Stmt& stmt, VarId id);
/// a, b and c of `a and b and c`, in order; the condition itself where it is no `and`.
std::vector<Expr> conjuncts(const Expr& condition);
bool loads_from(const Expr& expr, BufferId buffer);

}  // namespace tcc::ir

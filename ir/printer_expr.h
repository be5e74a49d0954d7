// Expressions as text; the printers of the graph and of the loop IR name what occurs in them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/expr.h"

namespace tcc::ir {

/// How the text calls variables and buffers.
struct ExprNames {
  std::function<std::string(const Var&)> variable;
  std::function<std::string(BufferId)> buffer;
};

/// Parentheses only where the parser needs them. A DAG prints as the tree that it means; one that
/// means more than `max_printed_nodes` is cut off with `...`.
inline constexpr std::size_t max_printed_nodes = 5'000'000;
std::string print_expr(const Expr& expr, const ExprNames& names);

/// "C[i, j]"
std::string print_element(std::string_view buffer, const std::vector<Expr>& indices,
                          const ExprNames& names);

/// "0:M". An end that is not plain is written `begin + extent`, which the parser knows.
std::string print_range(const Expr& begin, const Expr& extent, const ExprNames& names);

/// "f32[M, K]"; "f32" for rank 0.
std::string print_type(DType dtype, const std::vector<Expr>& shape, const ExprNames& names);

/// A literal's text: `3`, `3i32`, `0.0`, `f64(-inf)`, `true`.
std::string print_literal(std::int64_t value, DType dtype);
std::string print_literal(double value, DType dtype);

/// Words that read as literals, which no variable is printed as.
bool reads_as_literal(std::string_view name);

}  // namespace tcc::ir

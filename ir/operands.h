// The operands of an expression node, for code that must not pay for a std::function.
#pragma once

#include <algorithm>
#include <span>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "ir/expr.h"

namespace tcc::ir {

/// Calls f with a reference to each operand of `node` in order, null predicates left out. The
/// references are to const where the node is.
template <typename Node, typename F> void visit_operands(Node& node, F&& f) {
  std::visit(
      [&f](auto& n) {
        using N = std::remove_cvref_t<decltype(n)>;
        if constexpr (std::is_same_v<N, Cast> || std::is_same_v<N, Broadcast>) {
          f(n.value);
        } else if constexpr (std::is_same_v<N, Unary>) {
          f(n.operand);
        } else if constexpr (std::is_same_v<N, Binary>) {
          f(n.lhs);
          f(n.rhs);
        } else if constexpr (std::is_same_v<N, Select>) {
          f(n.condition);
          f(n.if_true);
          f(n.if_false);
        } else if constexpr (std::is_same_v<N, Call>) {
          for (auto& argument : n.arguments)
            f(argument);
        } else if constexpr (std::is_same_v<N, Load>) {
          for (auto& index : n.indices)
            f(index);
          if (n.predicate) f(n.predicate);
        } else if constexpr (std::is_same_v<N, Ramp>) {
          f(n.base);
          f(n.stride);
        } else if constexpr (std::is_same_v<N, Shuffle>) {
          f(n.vector);
        } else {
          static_assert(std::is_same_v<N, IntImm> || std::is_same_v<N, FloatImm> ||
                        std::is_same_v<N, Var>);
        }
      },
      node.value);
}

/// What lies below the roots, and they, operands before their users and each node once, without
/// recursion. `for_each_below(node, f)` calls f with the operands to go on with, by reference.
template <typename ForEachBelow>
std::vector<Expr> operands_first(std::span<const Expr> roots, ForEachBelow&& for_each_below) {
  enum class Visit : std::uint8_t { enter, leave };
  std::vector<Expr> order;
  std::unordered_set<const ExprNode*> seen;
  std::vector<std::pair<const Expr*, Visit>> pending;  // handles inside nodes that live on
  for (auto root = roots.rbegin(); root != roots.rend(); ++root) {
    if (*root) pending.emplace_back(&*root, Visit::enter);
  }
  while (!pending.empty()) {
    const auto [expr, visit] = pending.back();
    pending.pop_back();
    if (visit == Visit::leave) {
      order.push_back(*expr);
      continue;
    }
    // A node with one handle is met once: it needs not be remembered.
    const bool may_be_shared = (*expr)->references.load(std::memory_order_relaxed) > 1;
    if (may_be_shared && !seen.insert(expr->get()).second) continue;
    pending.emplace_back(expr, Visit::leave);
    const auto first = static_cast<std::ptrdiff_t>(pending.size());
    for_each_below(**expr,
                   [&](const Expr& operand) { pending.emplace_back(&operand, Visit::enter); });
    std::reverse(pending.begin() + first, pending.end());
  }
  return order;
}

}  // namespace tcc::ir

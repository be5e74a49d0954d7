// The operands of an expression node, for code that must not pay for a std::function.
#pragma once

#include <type_traits>

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

}  // namespace tcc::ir

// Matching of expressions against the left sides of rules (ir/affine/rules.h).
#pragma once

#include <array>
#include <functional>

#include "ir/affine/polynomial.h"
#include "ir/affine/rules.h"

namespace tcc::ir {

/// What pattern variables stand for, by their ids; null where one is not bound.
using Bindings = std::array<Expr, 16>;

/// Finds the ways in which a pattern fits an expression. Operands of minimum, maximum, `and` and
/// `or` may stand in either order, comparisons either way round. A sum `x * k + y` fits any index
/// whose terms k divides, or some of them: x is these, divided, and y the rest; where k is not yet
/// known, each common factor of its terms is tried. x is never 0; y may be. `x // a + y` fits a sum
/// with such a quotient.
class Matcher {
 public:
  /// Calls `accept` for each way until it returns true; whether it did.
  using Accept = std::function<bool(const Bindings&)>;
  bool find(const Expr& pattern, const Expr& expr, const Accept& accept);

 private:
  using Next = std::function<bool()>;
  bool match(const Expr& pattern, const Expr& expr, const Next& next);
  bool match_variable(const Var& pattern, const Expr& expr, const Next& next);
  bool match_binary(const Binary& pattern, const Expr& expr, const Next& next);
  bool match_operands(const Binary& pattern, const Expr& lhs, const Expr& rhs, const Next& next);
  bool match_sum(const Binary& pattern, const Expr& expr, const Next& next);
  bool match_addend(const Binary& pattern, const Polynomial& sum, OriginId origin,
                    const Next& next);
  bool match_split(const Binary& product, const Expr& rest, const Polynomial::Split& split,
                   OriginId origin, const Next& next);
  std::vector<std::int64_t> factors_to_try(const Expr& factor, const Polynomial& sum) const;

  Bindings bindings_;
};

/// The comparison that says the same with its operands exchanged; any other operator itself.
Op mirrored(Op op);

/// Whether two expressions are the same text over the same variables, or equal sums.
bool is_equal(const Expr& a, const Expr& b);

}  // namespace tcc::ir

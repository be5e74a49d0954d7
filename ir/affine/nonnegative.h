// Polynomials that are never negative: the heart of every proof.
#pragma once

#include <string>
#include <vector>

#include "ir/affine/bounds.h"
#include "ir/affine/polynomial.h"

namespace tcc::ir {

/// Looks for a proof that a polynomial over sizes and loop variables is at least 0.
///
/// Each step replaces something by its bound, in the direction of its sign: a loop variable by an
/// end of its range, the innermost first; `n // c` by its linear bounds n - c + 1 <= c * (n // c)
/// <= n; `n % c` by 0 or c - 1; a minimum, maximum or select by its operands. What is left is a
/// polynomial over sizes, each written as its least value plus a rest; no coefficient may be
/// negative. Sound, not complete; a bounded number of steps.
class NonnegativeProver {
 public:
  /// Sizes are those of `facts`; divisors must have been put into the polynomials before.
  NonnegativeProver(const VarRanges& ranges, const Facts& facts);

  /// Reasons are appended, as text, where the proof succeeds; null for none.
  bool prove(const Polynomial& value, std::vector<std::string>* reasons = nullptr);

 private:
  using Atom = Polynomial::Atom;
  enum class Sign : std::uint8_t { nonnegative, nonpositive, unknown };

  bool at_least_zero(const Polynomial& value, int depth);
  bool has_no_negative_part(const Polynomial& value) const;
  Sign sign_of(const Polynomial& value, int depth);

  bool by_variable(const Polynomial& value, int depth, bool& is_step);
  bool by_atom(const Polynomial& value, const Atom& atom, const Expr& expr, int depth);
  bool by_quotient(const Polynomial::Linear& parts, const Expr& expr, int depth);
  bool by_remainder(const Polynomial::Linear& parts, const Expr& expr, int depth);
  bool by_choice(const Polynomial::Linear& parts, const Expr& expr, int depth);
  bool by_largest_sizes(const Polynomial& value, int depth);

  bool with(const Polynomial::Linear& parts, const Polynomial& bound, int depth);
  bool because(std::string reason, bool holds);

  const VarRanges& ranges_;
  std::vector<VarId> innermost_first_;
  std::map<VarId, SizeFact> sizes_;
  std::vector<std::string>* reasons_ = nullptr;
  int steps_left_ = 0;
};

}  // namespace tcc::ir

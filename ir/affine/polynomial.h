// Integer polynomials over variables and opaque terms: the normal form behind simplification,
// bounds and proofs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ir/expr.h"

namespace tcc::ir {

/// A sum of integer multiples of products of atoms. An atom is a variable, or any other i64
/// expression taken as a whole (a division, a minimum, a load), known by its text.
class Polynomial {
 public:
  /// Variables sort before opaque atoms, by id.
  struct Atom {
    std::uint32_t variable;  ///< 0 for an opaque one
    std::string text;        ///< of an opaque one
    auto operator<=>(const Atom&) const = default;
  };
  using Monomial = std::vector<Atom>;  // sorted, repeated for powers; empty for the constant

  explicit Polynomial(std::int64_t constant = 0);

  /// In time about linear in the expression. Nothing where a coefficient leaves 64 bits, or a
  /// product has more than 64 terms.
  static std::optional<Polynomial> from(const Expr& expr);

  std::optional<std::int64_t> constant() const;
  std::int64_t constant_term() const;

  static std::optional<Polynomial> add(const Polynomial& a, const Polynomial& b,
                                       std::int64_t scale_of_b);
  static std::optional<Polynomial> multiply(const Polynomial& a, const Polynomial& b);

  /// this = factor * atom + rest, neither of which has the atom; nothing for a higher power of it.
  struct Linear;
  std::optional<Linear> linear_in(const Atom& atom) const;

  /// The number that a variable is multiplied by, 0 where it does not occur; nothing where that is
  /// no number, or where it stands in an opaque atom.
  std::optional<std::int64_t> coefficient(VarId var) const;

  /// this = divisor * quotient + rest: all terms that a divisor > 0 divides and the others, of the
  /// constant term the multiple below it, so that the rest's is in 0 .. divisor - 1.
  struct Split;
  std::optional<Split> split_by(std::int64_t divisor) const;
  /// The same for a product of atoms.
  std::optional<Split> split_by(const Monomial& divisor) const;

  /// With `by` in the place of an atom.
  std::optional<Polynomial> replace(const Atom& atom, const Polynomial& by) const;

  /// Whether sums of it may wrap as programs compute them: an atom reads memory, whose values may
  /// be anything, or a coefficient is beyond 2^31.
  bool may_wrap() const;

  const std::map<Monomial, std::int64_t>& terms() const { return terms_; }
  /// The atoms of its terms.
  std::map<Atom, Expr> atoms_used() const;
  /// Whether a variable stands inside an opaque atom of its terms.
  bool has_inside_atom(VarId var) const;
  const Expr& expr_of(const Atom& atom) const { return atoms_.at(atom); }

  /// The canonical expression: products first, the constant last, subtraction for negative terms.
  Expr to_expr(OriginId origin) const;

 private:
  friend class PolynomialBuilder;
  bool add_scaled(const Polynomial& other, std::int64_t scale);
  bool add_leaf(const Expr& leaf, std::int64_t coefficient);
  bool insert(const Monomial& monomial, std::int64_t coefficient);
  void adopt_atoms(const Polynomial& other);

  std::map<Monomial, std::int64_t> terms_;  // no zero coefficients
  std::map<Atom, Expr> atoms_;
};

struct Polynomial::Linear {
  Polynomial factor, rest;
};

struct Polynomial::Split {
  Polynomial quotient, rest;
};

}  // namespace tcc::ir

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

  /// The factor of a variable where the polynomial is linear in it: 0 where it does not occur,
  /// nothing where it occurs inside a product or an opaque atom.
  std::optional<std::int64_t> coefficient(VarId var) const;

  static std::optional<Polynomial> add(const Polynomial& a, const Polynomial& b,
                                       std::int64_t scale_of_b);
  static std::optional<Polynomial> multiply(const Polynomial& a, const Polynomial& b);

  /// this = divisor * quotient + remainder, 0 <= remainder < divisor; nothing unless `divisor` > 0
  /// divides every coefficient but the constant term.
  struct Quotient;
  std::optional<Quotient> divided_by(std::int64_t divisor) const;

  /// Whether an atom reads memory: such a value may be anything, and a sum with it may wrap.
  bool reads_memory() const;

  const std::map<Monomial, std::int64_t>& terms() const { return terms_; }

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

struct Polynomial::Quotient {
  Polynomial quotient;
  std::int64_t remainder;
};

}  // namespace tcc::ir

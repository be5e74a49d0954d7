// Rewriting of one node by the table of ir/affine/rules.h.
#pragma once

#include <functional>

#include "ir/affine/bounds.h"
#include "ir/affine/match.h"

namespace tcc::ir {

/// Applies rules to nodes whose operands are simple already.
class RuleApplier {
 public:
  /// `simplify_node` is called on each node that a rule makes, operands first.
  using SimplifyNode = std::function<Expr(const Expr&)>;
  RuleApplier(const Knowledge& knowledge, SimplifyNode simplify_node)
      : knowledge_(knowledge), simplify_node_(std::move(simplify_node)) {}

  /// The node by the first rule that applies; null where none does.
  Expr apply(const Expr& node) const;
  Expr apply(const Rule& rule, const Expr& node) const;

  /// A sum without the quotients and remainders that make up one value.
  Polynomial apply_to_sum(Polynomial sum, OriginId origin) const;

 private:
  bool holds(const Expr& condition, const Bindings& bindings, const Expr& node) const;
  std::optional<Polynomial> apply_to_sum(const Rule& rule, const Polynomial& sum,
                                         OriginId origin) const;
  std::optional<Polynomial> without_digits(const Rule& rule, const Polynomial& sum,
                                           const Polynomial::Atom& atom, const Bindings& bindings,
                                           OriginId origin) const;

  const Knowledge& knowledge_;
  SimplifyNode simplify_node_;
};

/// A pattern with values for its variables; null where arithmetic on numbers leaves 64 bits.
Expr instantiate(const Expr& pattern, const Bindings& bindings, OriginId origin,
                 const RuleApplier::SimplifyNode& simplify_node);

}  // namespace tcc::ir

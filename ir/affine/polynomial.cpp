// Integer polynomials: arithmetic with overflow checks, and the way from and to expressions.
#include "ir/affine/polynomial.h"

#include <algorithm>

#include "ir/printer.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr std::size_t max_terms = 64;

/// Text that tells apart variables of the same name.
std::string identity_text(const Expr& expr) {
  std::string text = print(expr);
  for (const Expr& node : post_order(expr)) {
    if (const Var* var = as<Var>(node)) text += "#" + std::to_string(var->id.value);
  }
  return text;
}

}  // namespace

Polynomial::Polynomial(std::int64_t constant) {
  if (constant != 0) terms_[{}] = constant;
}

bool Polynomial::insert(const Monomial& monomial, std::int64_t coefficient) {
  std::int64_t& sum = terms_[monomial];
  if (__builtin_add_overflow(sum, coefficient, &sum)) return false;
  if (sum == 0) terms_.erase(monomial);
  return terms_.size() <= max_terms;
}

void Polynomial::adopt_atoms(const Polynomial& other) {
  atoms_.insert(other.atoms_.begin(), other.atoms_.end());
}

std::optional<Polynomial> Polynomial::add(const Polynomial& a, const Polynomial& b,
                                          std::int64_t scale_of_b) {
  Polynomial result = a;
  result.adopt_atoms(b);
  for (const auto& [monomial, coefficient] : b.terms_) {
    std::int64_t scaled = 0;
    if (__builtin_mul_overflow(coefficient, scale_of_b, &scaled)) return {};
    if (!result.insert(monomial, scaled)) return {};
  }
  return result;
}

std::optional<Polynomial> Polynomial::multiply(const Polynomial& a, const Polynomial& b) {
  Polynomial result;
  result.adopt_atoms(a);
  result.adopt_atoms(b);
  for (const auto& [left, left_coefficient] : a.terms_) {
    for (const auto& [right, right_coefficient] : b.terms_) {
      std::int64_t product = 0;
      if (__builtin_mul_overflow(left_coefficient, right_coefficient, &product)) return {};
      Monomial both;
      std::merge(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(both));
      if (!result.insert(both, product)) return {};
    }
  }
  return result;
}

std::optional<Polynomial> Polynomial::divided_by(std::int64_t divisor) const {
  Polynomial result = *this;
  for (auto& [monomial, coefficient] : result.terms_) {
    if (coefficient % divisor != 0) return {};
    coefficient /= divisor;
  }
  return result;
}

std::optional<Polynomial> Polynomial::from(const Expr& root) {
  std::map<const ExprNode*, Polynomial> known;
  for (const Expr& node : post_order(root)) {
    if (node->type != ValueType{DType::i64, 1}) continue;
    Polynomial value;
    if (const IntImm* number = as<IntImm>(node)) {
      value = Polynomial(number->value);
    } else if (const Binary* sum = as<Binary>(node);
               sum && (sum->op == Op::add || sum->op == Op::subtract)) {
      auto result =
          add(known.at(sum->lhs.get()), known.at(sum->rhs.get()), sum->op == Op::add ? 1 : -1);
      if (!result) return {};
      value = std::move(*result);
    } else if (const Binary* product = as<Binary>(node); product && product->op == Op::multiply) {
      auto result = multiply(known.at(product->lhs.get()), known.at(product->rhs.get()));
      if (!result) return {};
      value = std::move(*result);
    } else {
      const Var* var = as<Var>(node);
      Atom atom = var ? Atom{var->id.value, ""} : Atom{0, identity_text(node)};
      value.terms_[{atom}] = 1;
      value.atoms_.emplace(std::move(atom), node);
    }
    known.insert_or_assign(node.get(), std::move(value));
  }
  return known.at(root.get());
}

std::optional<std::int64_t> Polynomial::constant() const {
  if (terms_.empty()) return 0;
  if (terms_.size() == 1 && terms_.begin()->first.empty()) return terms_.begin()->second;
  return {};
}

std::int64_t Polynomial::constant_term() const {
  auto found = terms_.find({});
  return found == terms_.end() ? 0 : found->second;
}

std::optional<std::int64_t> Polynomial::coefficient(VarId var) const {
  std::int64_t result = 0;
  for (const auto& [monomial, coefficient] : terms_) {
    for (const Atom& atom : monomial) {
      const bool is_var = atom.variable == var.value;
      if (is_var && monomial.size() > 1) return {};
      if (is_var) result = coefficient;
      if (atom.variable == 0 && uses_var(atoms_.at(atom), var)) return {};
    }
  }
  return result;
}

Expr Polynomial::to_expr(OriginId origin) const {
  Expr sum;
  auto append = [&](const Monomial& monomial, std::int64_t coefficient) {
    const bool negative = coefficient < 0 && sum && coefficient != INT64_MIN;
    const std::int64_t factor = negative ? -coefficient : coefficient;
    Expr product;
    for (const Atom& atom : monomial) {
      const Expr& value = atoms_.at(atom);
      product = product ? make_binary(Op::multiply, product, value, origin) : value;
    }
    if (!product) {
      product = make_int(factor, origin);
    } else if (factor != 1) {
      product = make_binary(Op::multiply, product, make_int(factor, origin), origin);
    }
    if (!sum)
      sum = product;
    else
      sum = make_binary(negative ? Op::subtract : Op::add, sum, product, origin);
  };
  // A positive term first, so that `8 - i` does not print as `-1*i + 8`; the constant last.
  auto leads = [](const auto& term) { return term.second > 0 && !term.first.empty(); };
  auto first = std::find_if(terms_.begin(), terms_.end(), leads);
  if (first != terms_.end())
    append(first->first, first->second);
  else if (terms_.count({}))
    append({}, terms_.at({}));
  const bool constant_done = first == terms_.end();
  for (auto term = terms_.begin(); term != terms_.end(); ++term) {
    if (term == first || term->first.empty()) continue;
    append(term->first, term->second);
  }
  if (!constant_done && terms_.count({})) append({}, terms_.at({}));
  return sum ? sum : make_int(0, origin);
}

}  // namespace tcc::ir

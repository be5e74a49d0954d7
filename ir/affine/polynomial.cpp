// Integer polynomials: arithmetic with overflow checks, and the way from and to expressions.
#include "ir/affine/polynomial.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dsl/overloaded.h"
#include "ir/operands.h"
#include "ir/printer.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr std::size_t max_terms = 64;

/// What a node is, its operands aside.
std::string own_text(const ExprNode& node) {
  const std::string kind = fmt::format("{}:{}x{}", node.value.index(),
                                       static_cast<int>(node.type.dtype), node.type.lanes);
  return kind +
         std::visit(
             Overloaded{
                 [](const IntImm& n) { return fmt::format("={}", n.value); },
                 [](const FloatImm& n) { return fmt::format("={:a}", n.value); },
                 [](const Var& n) { return fmt::format("#{}", n.id.value); },
                 [](const Unary& n) { return fmt::format("o{}", int(n.op)); },
                 [](const Binary& n) { return fmt::format("o{}", int(n.op)); },
                 [](const Call& n) { return fmt::format("o{}", int(n.op)); },
                 [](const Load& n) {
                   return fmt::format("b{}{}", n.buffer.value, n.predicate ? "?" : "");
                 },
                 [](const Shuffle& n) { return fmt::format("l{}", fmt::join(n.lanes, ",")); },
                 [](const auto&) { return std::string(); }},
             node.value);
}

/// One line a value, each once: as long as the DAG is large, where its tree may be far larger.
std::string dag_text(const std::vector<Expr>& order) {
  std::unordered_map<const ExprNode*, std::size_t> numbers;
  std::unordered_map<std::string, std::size_t> known;
  std::string text;
  for (const Expr& node : order) {
    std::string line = own_text(*node);
    visit_operands(
        *node, [&](const Expr& operand) { line += fmt::format(" {}", numbers.at(operand.get())); });
    const auto [found, is_new] = known.emplace(line, known.size());
    if (is_new) text += line + "\n";
    numbers[node.get()] = found->second;
  }
  return text;
}

/// Text that is the same for equal expressions only.
std::string identity_text(const Expr& expr) {
  constexpr std::size_t most_printed = 200;
  const std::vector<Expr> order = post_order(expr);
  if (is_tree_larger_than(expr, most_printed)) return dag_text(order);
  std::string text = print(expr);
  for (const Expr& node : order) {
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
  return true;
}

void Polynomial::adopt_atoms(const Polynomial& other) {
  atoms_.insert(other.atoms_.begin(), other.atoms_.end());
}

std::optional<Polynomial> Polynomial::add(const Polynomial& a, const Polynomial& b,
                                          std::int64_t scale_of_b) {
  Polynomial result = a;
  return result.add_scaled(b, scale_of_b) ? std::optional(std::move(result)) : std::nullopt;
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
      if (!result.insert(both, product) || result.terms_.size() > max_terms) return {};
    }
  }
  return result;
}

std::optional<Polynomial::Linear> Polynomial::linear_in(const Atom& atom) const {
  Linear parts;
  parts.factor.adopt_atoms(*this);
  parts.rest.adopt_atoms(*this);
  for (const auto& [monomial, coefficient] : terms_) {
    Monomial others = monomial;
    const auto found = std::find(others.begin(), others.end(), atom);
    if (found == others.end()) {
      parts.rest.terms_.emplace(monomial, coefficient);
      continue;
    }
    others.erase(found);
    if (std::find(others.begin(), others.end(), atom) != others.end()) return {};
    parts.factor.terms_.emplace(std::move(others), coefficient);
  }
  return parts;
}

std::optional<Polynomial::Split> Polynomial::split_by(std::int64_t divisor) const {
  if (divisor <= 0) return {};
  Split split;
  split.quotient.adopt_atoms(*this);
  split.rest.adopt_atoms(*this);
  for (const auto& [monomial, coefficient] : terms_) {
    const std::int64_t rest = (coefficient % divisor + divisor) % divisor;
    if (rest != 0 && !monomial.empty()) {
      split.rest.terms_.emplace(monomial, coefficient);
      continue;
    }
    if (!split.rest.insert(monomial, rest)) return {};
    if (!split.quotient.insert(monomial, (coefficient - rest) / divisor)) return {};
  }
  return split;
}

std::optional<Polynomial::Split> Polynomial::split_by(const Monomial& divisor) const {
  Split split;
  split.quotient.adopt_atoms(*this);
  split.rest.adopt_atoms(*this);
  for (const auto& [monomial, coefficient] : terms_) {
    const bool divides =
        std::includes(monomial.begin(), monomial.end(), divisor.begin(), divisor.end());
    Monomial others;
    if (divides) {
      std::set_difference(monomial.begin(), monomial.end(), divisor.begin(), divisor.end(),
                          std::back_inserter(others));
    }
    (divides ? split.quotient : split.rest)
        .terms_.emplace(divides ? others : monomial, coefficient);
  }
  return split;
}

std::optional<Polynomial> Polynomial::replace(const Atom& atom, const Polynomial& by) const {
  Polynomial result;
  result.adopt_atoms(*this);
  for (const auto& [monomial, coefficient] : terms_) {
    Monomial others;
    std::remove_copy(monomial.begin(), monomial.end(), std::back_inserter(others), atom);
    Polynomial term;
    term.adopt_atoms(*this);
    term.terms_.emplace(others, coefficient);
    for (std::size_t power = others.size(); power < monomial.size(); ++power) {
      auto next = multiply(term, by);
      if (!next) return {};
      term = std::move(*next);
    }
    if (!result.add_scaled(term, 1)) return {};
  }
  return result;
}

bool Polynomial::may_wrap() const {
  constexpr std::int64_t largest_factor = std::int64_t{1} << 31;
  const auto is_large = [](const auto& term) {
    return !term.first.empty() && (term.second > largest_factor || term.second < -largest_factor);
  };
  if (std::any_of(terms_.begin(), terms_.end(), is_large)) return true;
  const auto loads = [](const Expr& node) { return as<Load>(node) != nullptr; };
  return std::any_of(atoms_.begin(), atoms_.end(), [&](const auto& atom) {
    if (atom.first.variable != 0) return false;
    const std::vector<Expr> nodes = post_order(atom.second);
    return std::any_of(nodes.begin(), nodes.end(), loads);
  });
}

std::map<Polynomial::Atom, Expr> Polynomial::atoms_used() const {
  std::map<Atom, Expr> used;
  for (const auto& [monomial, coefficient] : terms_) {
    for (const Atom& atom : monomial)
      used.emplace(atom, atoms_.at(atom));
  }
  return used;
}

bool Polynomial::has_inside_atom(VarId var) const {
  for (const auto& [monomial, coefficient] : terms_) {
    for (const Atom& atom : monomial) {
      if (atom.variable == 0 && uses_var(atoms_.at(atom), var)) return true;
    }
  }
  return false;
}

/// Sums, differences and multiples flow through the expression from its root to its leaves, each
/// shared node once: the time is about linear in its size. Only true products are multiplied out.
class PolynomialBuilder {
 public:
  explicit PolynomialBuilder(const Expr& root) : order_(arithmetic_order(root)) {
    for (std::size_t n = 0; n < order_.size(); ++n)
      position_.emplace(order_[n].get(), n);
  }

  std::optional<Polynomial> build() {
    for (std::size_t n = 0; n < order_.size(); ++n) {
      const Binary* product = as_product(order_[n]);
      if (!product) continue;
      auto left = flow_from(position_.at(product->lhs.get()));
      auto right = flow_from(position_.at(product->rhs.get()));
      auto both = left && right ? Polynomial::multiply(*left, *right) : std::nullopt;
      if (!both) return {};
      products_.emplace(n, std::move(*both));
    }
    return flow_from(order_.size() - 1);
  }

 private:
  static const Binary* as_arithmetic(const ExprNode& node) {
    const Binary* binary = std::get_if<Binary>(&node.value);
    const bool arithmetic =
        binary && node.type == ValueType{DType::i64, 1} &&
        (binary->op == Op::add || binary->op == Op::subtract || binary->op == Op::multiply);
    return arithmetic ? binary : nullptr;
  }

  /// Neither operand is a number.
  static const Binary* as_product(const Expr& node) {
    const Binary* binary = as_arithmetic(*node);
    const bool product = binary && binary->op == Op::multiply && !as<IntImm>(binary->lhs) &&
                         !as<IntImm>(binary->rhs);
    return product ? binary : nullptr;
  }

  /// Sums, products and their leaves, operands first; not what is inside a leaf.
  static std::vector<Expr> arithmetic_order(const Expr& root) {
    return operands_first(std::span(&root, 1), [](const ExprNode& node, auto&& enter) {
      const Binary* binary = as_arithmetic(node);
      if (!binary) return;
      enter(binary->lhs);
      enter(binary->rhs);
    });
  }

  /// The polynomial of one node: coefficients of what is below it, those above first.
  std::optional<Polynomial> flow_from(std::size_t root) {
    Polynomial sum;
    fits_ = true;
    coefficients_ = {{root, 1}};
    while (fits_ && !coefficients_.empty()) {
      const auto [at, coefficient] = *coefficients_.rbegin();
      coefficients_.erase(std::prev(coefficients_.end()));
      const Expr& node = order_[at];
      if (const auto product = products_.find(at); product != products_.end()) {
        fits_ &= sum.add_scaled(product->second, coefficient);
      } else if (const Binary* binary = as_arithmetic(*node)) {
        flow_into(*binary, coefficient);
      } else {
        fits_ &= sum.add_leaf(node, coefficient);
      }
    }
    return fits_ ? std::optional(std::move(sum)) : std::nullopt;
  }

  void flow_into(const Binary& binary, std::int64_t coefficient) {
    if (binary.op == Op::multiply) {
      const IntImm* left = as<IntImm>(binary.lhs);
      const IntImm* factor = left ? left : as<IntImm>(binary.rhs);
      return flow_to(left ? binary.rhs : binary.lhs, coefficient, factor->value);
    }
    flow_to(binary.lhs, coefficient, 1);
    flow_to(binary.rhs, coefficient, binary.op == Op::add ? 1 : -1);
  }

  void flow_to(const Expr& operand, std::int64_t coefficient, std::int64_t factor) {
    std::int64_t scaled = 0;
    std::int64_t& sum = coefficients_[position_.at(operand.get())];
    fits_ &= !__builtin_mul_overflow(coefficient, factor, &scaled) &&
             !__builtin_add_overflow(sum, scaled, &sum);
  }

  std::vector<Expr> order_;
  std::unordered_map<const ExprNode*, std::size_t> position_;
  std::map<std::size_t, Polynomial> products_;        // by position
  std::map<std::size_t, std::int64_t> coefficients_;  // still to flow on, by position
  bool fits_ = true;
};

bool Polynomial::add_scaled(const Polynomial& other, std::int64_t scale) {
  if (scale == 0) return true;
  adopt_atoms(other);
  for (const auto& [monomial, coefficient] : other.terms_) {
    std::int64_t scaled = 0;
    if (__builtin_mul_overflow(coefficient, scale, &scaled)) return false;
    if (!insert(monomial, scaled)) return false;
  }
  return true;
}

bool Polynomial::add_leaf(const Expr& leaf, std::int64_t coefficient) {
  if (coefficient == 0) return true;
  if (const IntImm* number = as<IntImm>(leaf)) {
    std::int64_t scaled = 0;
    return !__builtin_mul_overflow(number->value, coefficient, &scaled) && insert({}, scaled);
  }
  const Var* var = as<Var>(leaf);
  Atom atom = var ? Atom{var->id.value, ""} : Atom{0, identity_text(leaf)};
  atoms_.emplace(atom, leaf);
  return insert({std::move(atom)}, coefficient);
}

std::optional<Polynomial> Polynomial::from(const Expr& root) {
  if (!is_leaf(root)) return PolynomialBuilder(root).build();
  Polynomial leaf;
  leaf.add_leaf(root, 1);
  return leaf;
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
  if (has_inside_atom(var)) return {};
  const auto parts = linear_in({var.value, ""});
  return parts ? parts->factor.constant() : std::nullopt;
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

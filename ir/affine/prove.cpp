// From conditions to polynomials that must not be negative, and from conditions to facts.
#include "ir/affine/prove.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ir/affine/nonnegative.h"
#include "ir/affine/simplify.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr ValueType scalar_i64 = {DType::i64, 1};
constexpr std::size_t max_assumptions = 16;

/// lhs - rhs + offset
std::optional<Polynomial> difference(const Expr& lhs, const Expr& rhs, std::int64_t offset) {
  auto left = Polynomial::from(lhs);
  auto right = Polynomial::from(rhs);
  if (!left || !right) return {};
  auto result = Polynomial::add(*left, *right, -1);
  return result ? Polynomial::add(*result, Polynomial(offset), 1) : std::nullopt;
}

/// What must not be negative for a comparison to hold; nothing for other conditions. An equation
/// gives two.
std::vector<Polynomial> nonnegative_parts(const Expr& condition) {
  const Binary* binary = as<Binary>(condition);
  if (!binary || binary->lhs->type != scalar_i64) return {};
  const auto list = [](std::initializer_list<std::optional<Polynomial>> parts) {
    std::vector<Polynomial> result;
    for (const auto& part : parts) {
      if (!part) return std::vector<Polynomial>();
      result.push_back(*part);
    }
    return result;
  };
  const Expr& a = binary->lhs;
  const Expr& b = binary->rhs;
  switch (binary->op) {
    case Op::less: return list({difference(b, a, -1)});
    case Op::less_equal: return list({difference(b, a, 0)});
    case Op::greater: return list({difference(a, b, -1)});
    case Op::greater_equal: return list({difference(a, b, 0)});
    case Op::equal: return list({difference(a, b, 0), difference(b, a, 0)});
    default: return {};
  }
}

SizeFact* find_size(Facts& facts, VarId var) {
  const auto found = std::find_if(facts.sizes.begin(), facts.sizes.end(),
                                  [&](const SizeFact& fact) { return fact.var == var; });
  return found == facts.sizes.end() ? nullptr : &*found;
}

std::int64_t round_up(std::int64_t value, std::int64_t divisor) {
  const std::int64_t rest = value % divisor;
  return rest == 0 ? value : value + (divisor - rest);
}

/// a * M + b >= 0 bounds M.
void learn_bound(SizeFact& fact, std::int64_t factor, std::int64_t constant) {
  if (factor > 0 && constant < 0 && constant != INT64_MIN) {
    const std::int64_t least = -constant / factor + (-constant % factor > 0 ? 1 : 0);
    fact.minimum = std::max(fact.minimum, round_up(least, fact.divisor));
  } else if (factor < 0 && constant >= 0 && factor != INT64_MIN) {
    const std::int64_t most = constant / -factor;
    fact.maximum = std::min(fact.maximum.value_or(most), most - most % fact.divisor);
  }
}

/// What value >= 0 says of single sizes.
void learn_nonnegative(const Polynomial& value, Facts& facts) {
  const auto atoms = value.atoms_used();
  if (atoms.size() == 1) {
    const auto& [atom, expr] = *atoms.begin();
    const auto parts = value.linear_in(atom);
    const auto factor = parts ? parts->factor.constant() : std::nullopt;
    const auto constant = parts ? parts->rest.constant() : std::nullopt;
    const Binary* division = as<Binary>(expr);
    if (factor && constant && atom.variable != 0) {
      if (SizeFact* fact = find_size(facts, VarId{atom.variable}))
        learn_bound(*fact, *factor, *constant);
    } else if (factor == 1 && constant && division && division->op == Op::floor_divide) {
      // n // c >= k where n >= k * c
      const auto divisor = constant_of(division->rhs);
      const auto numerator = Polynomial::from(division->lhs);
      std::int64_t least = 0;
      if (!divisor || *divisor <= 0 || !numerator) return;
      if (__builtin_mul_overflow(*divisor, *constant, &least)) return;
      if (const auto part = Polynomial::add(*numerator, Polynomial(least), 1))
        learn_nonnegative(*part, facts);
    }
    return;
  }
  // K * M * N - 1 >= 0: no size in a product that is not 0 is 0.
  if (value.terms().size() != 2 || value.constant_term() >= 0) return;
  const auto& product = *value.terms().rbegin();
  const auto is_size = [&](const Polynomial::Atom& atom) {
    return find_size(facts, VarId{atom.variable}) != nullptr;
  };
  if (!std::all_of(product.first.begin(), product.first.end(), is_size)) return;
  for (const auto& atom : product.first)
    learn_bound(*find_size(facts, VarId{atom.variable}), 1, -1);
}

/// N % c == 0
void learn_divisor(const Binary& equation, Facts& facts) {
  const Binary* modulo = as<Binary>(equation.lhs);
  if (!modulo || modulo->op != Op::modulo || constant_of(equation.rhs) != 0) return;
  const Var* var = as<Var>(modulo->lhs);
  const auto divisor = constant_of(modulo->rhs);
  SizeFact* fact = var ? find_size(facts, var->id) : nullptr;
  if (!fact || !divisor || *divisor <= 0 || *divisor > INT32_MAX || fact->divisor > INT32_MAX) {
    return;
  }
  fact->divisor = std::lcm(fact->divisor, *divisor);
  fact->minimum = round_up(fact->minimum, fact->divisor);
  if (fact->maximum) *fact->maximum -= *fact->maximum % fact->divisor;
}

/// What the facts say of sizes, as expressions: a size of which both bounds agree is that number;
/// one that is a multiple of 4 is 4 times another, which takes its variable's place.
Substitution known_sizes(const Facts& facts) {
  Substitution known;
  for (const SizeFact& fact : facts.sizes) {
    if (fact.maximum == fact.minimum) known[fact.var] = make_int(fact.minimum, OriginId{});
    if (fact.maximum == fact.minimum || fact.divisor <= 1) continue;
    known[fact.var] =
        make_binary(Op::multiply, make_var(fact.var, fmt::format("size{}", fact.var.value), {}),
                    make_int(fact.divisor, OriginId{}), OriginId{});
  }
  return known;
}

/// The facts of the sizes that known_sizes() puts in place of others.
Facts facts_of_quotients(Facts facts) {
  for (SizeFact& fact : facts.sizes) {
    if (fact.divisor <= 1) continue;
    fact.minimum = round_up(fact.minimum, fact.divisor) / fact.divisor;
    if (fact.maximum) *fact.maximum /= fact.divisor;
    fact.divisor = 1;
  }
  return facts;
}

Verdict all_of(Verdict a, Verdict b) {
  if (a == Verdict::refuted || b == Verdict::refuted) return Verdict::refuted;
  return a == Verdict::proven && b == Verdict::proven ? Verdict::proven : Verdict::unknown;
}

Verdict negated(Verdict verdict) {
  if (verdict == Verdict::unknown) return verdict;
  return verdict == Verdict::proven ? Verdict::refuted : Verdict::proven;
}

/// A condition whose sizes are written by their divisors.
class ConditionProver {
 public:
  ConditionProver(const VarRanges& ranges, const Facts& facts, std::vector<std::string>* reasons)
      : nonnegative_(ranges, facts), reasons_(reasons) {}

  void assume(const Expr& condition) {
    for (const Expr& part : conjuncts(condition)) {
      if (assumptions_.size() > max_assumptions || reads_memory(part)) return;
      for (Polynomial& value : nonnegative_parts(part))
        assumptions_.push_back(std::move(value));
    }
  }

  Verdict prove(const Expr& condition) {
    if (auto value = constant_of(condition)) return *value ? Verdict::proven : Verdict::refuted;
    if (const Unary* unary = as<Unary>(condition); unary && unary->op == Op::logical_not) {
      return negated(prove(unary->operand));
    }
    const Binary* binary = as<Binary>(condition);
    if (!binary) return Verdict::unknown;
    const Op op = binary->op;
    if (op == Op::logical_and) return all_of(prove(binary->lhs), prove(binary->rhs));
    if (op == Op::logical_or) {
      return negated(all_of(negated(prove(binary->lhs)), negated(prove(binary->rhs))));
    }
    if (op == Op::not_equal) return prove_different(*binary);
    Verdict verdict = Verdict::proven;
    const std::vector<Polynomial> parts = nonnegative_parts(condition);
    for (const Polynomial& part : parts)
      verdict = all_of(verdict, prove_nonnegative(part));
    return parts.empty() ? Verdict::unknown : verdict;
  }

 private:
  Verdict prove_different(const Binary& binary) {
    for (const auto& above :
         {difference(binary.lhs, binary.rhs, -1), difference(binary.rhs, binary.lhs, -1)}) {
      if (above && prove_nonnegative(*above) == Verdict::proven) return Verdict::proven;
    }
    const auto both = difference(binary.lhs, binary.rhs, 0);
    return both && both->constant() == 0 ? Verdict::refuted : Verdict::unknown;
  }

  Verdict prove_nonnegative(const Polynomial& value) {
    if (nonnegative_.prove(value, reasons_) || by_assumptions(value)) return Verdict::proven;
    const auto constant = value.constant();
    return constant && *constant < 0 ? Verdict::refuted : Verdict::unknown;
  }

  /// value = k * assumption + rest, with rest >= 0: k such that some term of the value is gone.
  bool by_assumptions(const Polynomial& value) {
    for (const Polynomial& assumption : assumptions_) {
      for (const auto& [monomial, coefficient] : assumption.terms()) {
        const auto own = value.terms().find(monomial);
        if (monomial.empty() || own == value.terms().end()) continue;
        const bool divides = coefficient != -1 && own->second % coefficient == 0;
        const std::int64_t factor = divides ? own->second / coefficient : -own->second;
        if (factor <= 0 || (!divides && coefficient != -1)) continue;
        const auto rest = Polynomial::add(value, assumption, -factor);
        if (rest && nonnegative_.prove(*rest, reasons_)) return true;
      }
    }
    return false;
  }

  NonnegativeProver nonnegative_;
  std::vector<std::string>* reasons_;
  std::vector<Polynomial> assumptions_;
};

/// Facts and ranges together with what each says of the other, prepared for proofs.
class Prover {
 public:
  Prover(const VarRanges& ranges, const Facts& given, const std::vector<Expr>& assumptions,
         std::vector<std::string>* reasons)
      : reasons_(reasons) {
    knowledge_.facts = facts_inside(ranges, given);
    for (const Expr& assumption : assumptions)
      knowledge_.facts = facts_from(assumption, std::move(knowledge_.facts));
    known_ = known_sizes(knowledge_.facts);
    knowledge_.facts = facts_of_quotients(std::move(knowledge_.facts));
    for (const auto& [var, range] : ranges)
      knowledge_.ranges[var] = {rewritten(range.begin), rewritten(range.extent)};
    for (const Expr& assumption : assumptions)
      knowledge_.assumptions.push_back(rewritten(assumption));
  }

  Verdict prove(const Expr& condition) const { return prove_rewritten(rewritten(condition)); }

  /// The condition is simplified where it may help: rules see what signs and ranges do not.
  Verdict prove_simplified(const Expr& condition) const {
    const std::vector<Expr> nodes = post_order(condition);
    if (std::none_of(nodes.begin(), nodes.end(), has_rules)) return Verdict::unknown;
    return prove_rewritten(simplify(rewritten(condition), knowledge_));
  }

 private:
  Expr rewritten(const Expr& expr) const {
    return known_.empty() ? expr : simplify(substitute(expr, known_));
  }

  Verdict prove_rewritten(const Expr& condition) const {
    ConditionProver prover(knowledge_.ranges, knowledge_.facts, reasons_);
    for (const Expr& assumption : knowledge_.assumptions)
      prover.assume(assumption);
    return prover.prove(condition);
  }

  static bool has_rules(const Expr& node) {
    if (const Unary* unary = as<Unary>(node)) return unary->op == Op::logical_not;
    if (as<Select>(node)) return true;
    const Binary* binary = as<Binary>(node);
    return binary && (binary->op == Op::floor_divide || binary->op == Op::modulo ||
                      binary->op == Op::minimum || binary->op == Op::maximum);
  }

  Knowledge knowledge_;
  Substitution known_;
  std::vector<std::string>* reasons_;
};

Verdict prove_with_reasons(const Expr& condition, const VarRanges& ranges, const Facts& facts,
                           const std::vector<Expr>& assumptions,
                           std::vector<std::string>* reasons) {
  if (auto value = constant_of(condition)) return *value ? Verdict::proven : Verdict::refuted;
  if (reads_memory(condition)) return Verdict::unknown;
  const Prover prover(ranges, facts, assumptions, reasons);
  const Verdict verdict = prover.prove(condition);
  return verdict == Verdict::unknown ? prover.prove_simplified(condition) : verdict;
}

}  // namespace

bool reads_memory(const Expr& expr) {
  if (is_leaf(expr)) return false;
  const std::vector<Expr> nodes = post_order(expr);
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const Expr& node) { return as<Load>(node) != nullptr; });
}

Verdict prove(const Expr& condition, const VarRanges& ranges, const Facts& facts,
              const std::vector<Expr>& assumptions) {
  return prove_with_reasons(condition, ranges, facts, assumptions, nullptr);
}

Verdict prove_as_it_is(const Expr& condition, const Knowledge& knowledge) {
  if (reads_memory(condition)) return Verdict::unknown;
  return Prover(knowledge.ranges, knowledge.facts, knowledge.assumptions, nullptr).prove(condition);
}

Proof explain(const Expr& condition, const VarRanges& ranges, const Facts& facts,
              const std::vector<Expr>& assumptions) {
  Proof proof{Verdict::unknown, {}, {}};
  proof.verdict = prove_with_reasons(condition, ranges, facts, assumptions, &proof.reasons);
  if (proof.verdict == Verdict::proven) return proof;
  proof.reasons.clear();
  proof.example = counterexample(condition, ranges, facts, assumptions);
  if (proof.example) proof.verdict = Verdict::refuted;
  return proof;
}

std::string print(const Proof& proof) {
  if (proof.verdict == Verdict::proven)
    return fmt::format("proven: {}", fmt::join(proof.reasons, ", "));
  if (proof.example) return "false at " + print(*proof.example);
  return proof.verdict == Verdict::refuted ? "never true" : "neither proven nor refuted";
}

Facts facts_inside(const VarRanges& ranges, Facts facts) {
  for (const auto& [var, range] : ranges) {
    if (as<IntImm>(range.extent)) continue;
    const auto extent = Polynomial::from(range.extent);
    const auto rest = extent ? Polynomial::add(*extent, Polynomial(1), -1) : std::nullopt;
    if (rest) learn_nonnegative(*rest, facts);
  }
  return facts;
}

Facts facts_from(const Expr& condition, Facts facts) {
  for (const Expr& part : conjuncts(condition)) {
    if (reads_memory(part)) continue;
    for (const Polynomial& value : nonnegative_parts(part))
      learn_nonnegative(value, facts);
    const Binary* equation = as<Binary>(part);
    if (equation && equation->op == Op::equal) learn_divisor(*equation, facts);
  }
  return facts;
}

}  // namespace tcc::ir

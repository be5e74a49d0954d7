// The table of rules: each is enumerated over small integers and, where it claims to hold always,
// at the ends of i64; and each is applied by the simplifier to something. A new row is tested here
// without a line of its own.
#include "ir/affine/rules.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/affine/apply_rules.h"
#include "ir/affine/evaluate.h"
#include "ir/affine/simplify.h"
#include "ir/printer.h"
#include "ir/visit.h"

namespace tcc::ir {
namespace {

using Values = std::vector<std::int64_t>;

/// The variables of a rule's left side, once each.
std::vector<Expr> variables_of(const Rule& rule) {
  std::map<VarId, Expr> variables;
  for (const Expr& node : post_order(rule.before)) {
    if (const Var* var = as<Var>(node)) variables.emplace(var->id, node);
  }
  std::vector<Expr> result;
  for (const auto& [id, var] : variables)
    result.push_back(var);
  return result;
}

/// One way to give a rule's variables values.
class Instance {
 public:
  Instance(const Rule& rule, const std::vector<Expr>& variables) : rule_(rule) {
    for (const Expr& variable : variables) {
      slots_.emplace(as<Var>(variable)->id, slots_.size());
      variables_.push_back(variable);
    }
  }

  /// "" where the sides are equal or the rule does not apply.
  std::string difference(const Values& values, Overflow overflow) {
    Bindings bindings;  // numbers are known when a rule is applied, others are not
    for (std::size_t n = 0; n < variables_.size(); ++n) {
      const Var& var = *as<Var>(variables_[n]);
      bindings[var.id.value] =
          kind_of_pattern(var) == PatternKind::number ? make_int(values[n], {}) : variables_[n];
    }
    const auto evaluated = [&](const Expr& side, Overflow way) -> std::optional<std::int64_t> {
      const Expr own = instantiate(side, bindings, {}, [](const Expr& made) { return made; });
      return own ? IntegerTape::from(own, slots_)->run(values, way) : std::nullopt;
    };
    if (rule_.condition && evaluated(rule_.condition, Overflow::has_no_value) != 1) return "";
    const auto before = evaluated(rule_.before, overflow);
    const auto after = evaluated(rule_.after, overflow);
    if (!before || !after) return "";
    ++applied;
    return before == after ? "" : describe(values, *before, *after);
  }

  int applied = 0;

 private:
  std::string describe(const Values& values, std::int64_t before, std::int64_t after) const {
    std::string text = fmt::format("{}: {} is not {} at", rule_.equation, before, after);
    for (std::size_t n = 0; n < values.size(); ++n)
      text += fmt::format(" {} = {}", as<Var>(variables_[n])->name, values[n]);
    return text;
  }

  const Rule& rule_;
  std::vector<Expr> variables_;
  IntegerTape::Slots slots_;
};

/// Calls f with every combination.
void for_each_choice(const std::vector<Values>& choices, const std::function<void(Values&)>& f) {
  Values values(choices.size());
  const std::function<void(std::size_t)> choose = [&](std::size_t n) {
    if (n == choices.size()) return f(values);
    for (const std::int64_t value : choices[n]) {
      values[n] = value;
      choose(n + 1);
    }
  };
  choose(0);
}

/// The first difference, or "nothing applies"; `counts` of values by kind.
std::string first_difference(const Rule& rule, const Values& numbers, const Values& indices,
                             Overflow overflow) {
  const std::vector<Expr> variables = variables_of(rule);
  std::vector<Values> choices;
  for (const Expr& variable : variables) {
    const PatternKind kind = kind_of_pattern(*as<Var>(variable));
    choices.push_back(kind == PatternKind::number  ? numbers
                      : kind == PatternKind::index ? indices
                                                   : Values{0, 1});
  }
  Instance instance(rule, variables);
  std::string difference;
  for_each_choice(choices, [&](Values& values) {
    if (difference.empty()) difference = instance.difference(values, overflow);
  });
  if (!difference.empty()) return difference;
  return instance.applied > 0 ? "" : fmt::format("{}: holds for no number", rule.equation);
}

const Values small_numbers = {-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 12};
const Values small_indices = {-7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 13};

TEST(Rules, HoldForAllSmallIntegers) {
  for (const Rule& rule : all_rules())
    EXPECT_EQ(first_difference(rule, small_numbers, small_indices, Overflow::wraps), "");
}

TEST(Rules, HoldAtTheEndsOfI64WhereTheySaySo) {
  const Values ends = {INT64_MIN,
                       INT64_MIN + 1,
                       INT64_MIN / 2,
                       -(std::int64_t{1} << 32),
                       -2,
                       -1,
                       0,
                       1,
                       2,
                       3,
                       std::int64_t{1} << 32,
                       INT64_MAX / 2,
                       INT64_MAX - 1,
                       INT64_MAX};
  for (const Rule& rule : all_rules()) {
    if (rule.assumes == Assumes::no_overflow) continue;
    EXPECT_EQ(first_difference(rule, ends, ends, Overflow::wraps), "");
  }
}

/// The enumeration is no formality: it finds what is wrong with each of these.
TEST(Rules, WrongOnesAreFound) {
  const RuleText wrong[] = {
      {"x // a // b = x // (a * b)"},          {"x % a % b = x % b where a % b == 0"},
      {"(x * c + y) // c = x + y // c"},       {"x // y * y + x % y = x"},
      {"x // a < b = x < a * b where a >= 0"}, {"x // a <= b = x <= a * b where a > 0"},
      {"minimum(x, x + c) = x where c >= -1"}, {"select(x < y, x, y) = maximum(x, y)"},
  };
  for (const RuleText& text : wrong) {
    const Rule rule = parse_rule(text);
    EXPECT_NE(first_difference(rule, small_numbers, small_indices, Overflow::wraps), "")
        << text.equation;
  }
}

/// Those that assume too little are found at the ends: i64 wraps.
TEST(Rules, WrongAssumptionsAreFound) {
  const Values ends = {INT64_MIN, -1, 0, 1, 2, 4, INT64_MAX};
  for (const std::string_view text :
       {"(x * c + y) // c = x + y // c where c > 0", "x // c * c <= x = true where c >= 1"}) {
    EXPECT_NE(first_difference(parse_rule({text}), ends, ends, Overflow::wraps), "") << text;
  }
}

/// What is known of x, y and z: enough for the conditions of some rule.
std::vector<Knowledge> knowledge_to_try() {
  const auto range = [](std::int64_t begin, std::int64_t extent) {
    return VarRange{make_int(begin, {}), make_int(extent, {})};
  };
  const VarRange zero_up = range(0, 2), high = range(5, 3), below = range(-3, 3);
  const auto id = [](std::uint32_t value) { return VarId{value}; };
  std::vector<Knowledge> all;
  for (const auto& [x, y] : {std::pair{zero_up, high}, {high, zero_up}, {below, high}})
    all.push_back({{{id(5), x}, {id(6), y}, {id(7), zero_up}}, {}, {}});
  return all;
}

/// Whether the simplifier applies the rule to its own left side, for some numbers.
bool is_applied(const Rule& rule) {
  std::vector<Values> choices;
  const std::vector<Expr> variables = variables_of(rule);
  for (const Expr& variable : variables) {
    const bool number = kind_of_pattern(*as<Var>(variable)) == PatternKind::number;
    choices.push_back(number ? Values{2, 3, 4, 6, 8} : Values{0});
  }
  bool applied = false;
  const auto keep = [](const Expr& made) { return made; };
  for (const Knowledge& knowledge : knowledge_to_try()) {
    const RuleApplier rules(knowledge, [&](const Expr& made) { return simplify(made, knowledge); });
    for_each_choice(choices, [&](Values& values) {
      Bindings bindings;
      for (std::size_t n = 0; n < variables.size(); ++n) {
        const Var& var = *as<Var>(variables[n]);
        const bool number = kind_of_pattern(var) == PatternKind::number;
        bindings[var.id.value] = number ? make_int(values[n], {}) : variables[n];
      }
      const Expr node = instantiate(rule.before, bindings, {}, keep);
      const Expr after = instantiate(rule.after, bindings, {}, keep);
      if (!node || !after) return;
      const Binary* sum = as<Binary>(node);
      if (sum && sum->op == Op::add) {
        applied |= is_equal(simplify(node, knowledge), simplify(after, knowledge));
      } else {
        applied |= static_cast<bool>(rules.apply(rule, node));
      }
    });
  }
  return applied;
}

TEST(Rules, EachIsApplied) {
  for (const Rule& rule : all_rules())
    EXPECT_TRUE(is_applied(rule)) << rule.equation;
}

}  // namespace
}  // namespace tcc::ir

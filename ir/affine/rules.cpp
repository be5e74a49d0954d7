// The table of rules, and how its text becomes patterns.
#include "ir/affine/rules.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "ir/parser_expr.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr Assumes no_overflow = Assumes::no_overflow;

constexpr RuleText rules[] = {
    // Division by nothing and by one.
    {"x // 0 = 0"},
    {"x % 0 = 0"},
    {"x // 1 = x"},
    {"x % 1 = 0"},
    {"x // -1 = x * -1"},
    {"x % -1 = 0"},
    {"0 // x = 0"},
    {"0 % x = 0"},
    {"x % x = 0"},
    {"x // x = 1 where x != 0"},

    // Division of a division, of a remainder.
    {"x // a // b = x // (a * b) where a >= 0 and b >= 0"},
    {"x % c // c = 0 where c >= 0"},
    {"x % a // b = 0 where a >= 0 and b >= a"},
    {"x % a // b = x // b % (a // b) where b > 0 and a > 0 and a % b == 0"},
    {"x % a % b = x % b where a != 0 and a % b == 0"},
    {"x % a % b = x % a where a >= 0 and b >= a"},
    {"x % y % y = x % y"},

    // Division of sums: what the divisor divides leaves it.
    {"(x * c + y) // c = x + y // c where c > 0", no_overflow},
    {"(x * c + y) % c = y % c where c > 0", no_overflow},
    {"(x * y + z) // y = x + z // y where y != 0", no_overflow},
    {"(x * y + z) % y = z % y", no_overflow},
    {"(x // a + y) // b = (x + y * a) // (a * b) where a > 0 and b > 0", no_overflow},
    // The lower digits, less than one of the next, do not matter.
    {"(x * a + y) // c = x // (c // a) where a > 0 and c > 0 and c % a == 0 and y >= 0 and y < a",
     no_overflow},
    {"(x * a + y) % c = x % (c // a) * a + y "
     "where a > 0 and c > 0 and c % a == 0 and y >= 0 and y < a",
     no_overflow},
    {"x // y = 0 where x >= 0 and x < y"},
    {"x % y = x where x >= 0 and x < y"},
    {"x // y = -1 where x < 0 and x + y >= 0", no_overflow},
    {"x % y = x + y where x < 0 and x + y >= 0", no_overflow},

    // Sums of a quotient and its remainder: digits put together again.
    {"x // y * y + x % y = x where y != 0"},
    {"x // a % b * a + x % a = x % (a * b) where a > 0 and b > 0"},
    {"x // (a * b) * b + x // a % b = x // a where a > 0 and b > 0"},

    // Minimum and maximum.
    {"minimum(x, y) = x where x <= y"},
    {"minimum(x, y) = y where y <= x"},
    {"maximum(x, y) = x where x >= y"},
    {"maximum(x, y) = y where y >= x"},
    {"minimum(minimum(x, a), b) = minimum(x, minimum(a, b))"},
    {"maximum(maximum(x, a), b) = maximum(x, maximum(a, b))"},
    {"minimum(minimum(x, y), x) = minimum(x, y)"},
    {"maximum(maximum(x, y), x) = maximum(x, y)"},
    {"minimum(maximum(x, y), x) = x"},
    {"maximum(minimum(x, y), x) = x"},

    // Comparisons.
    {"x % c < c = true where c > 0"},
    {"x % c >= 0 = true where c >= 0"},
    {"x % c >= c = false where c > 0"},
    {"x % c < 0 = false where c >= 0"},
    {"x // c * c <= x = true where c >= 1", no_overflow},
    {"x // a < b = x < a * b where a > 0"},
    {"x // a >= b = x >= a * b where a > 0"},
    {"x // a <= b = x < a * (b + 1) where a > 0"},
    {"x // a > b = x >= a * (b + 1) where a > 0"},
    {"x // a < y = x < y * a where a > 0", no_overflow},
    {"x // a >= y = x >= y * a where a > 0", no_overflow},
    {"x // a <= y = x < y * a + a where a > 0", no_overflow},
    {"x // a > y = x >= y * a + a where a > 0", no_overflow},
    {"minimum(x, y) < x = y < x"},
    {"maximum(x, y) > x = y > x"},
    {"minimum(x, y) <= x = true"},
    {"maximum(x, y) >= x = true"},

    // Logic. Constants are folded before.
    {"not not p = p"},
    {"p and p = p"},
    {"p or p = p"},
    {"p and not p = false"},
    {"p or not p = true"},
    {"p and (p or q) = p"},
    {"p or p and q = p"},
    {"not (x < y) = x >= y"},
    {"not (x <= y) = x > y"},
    {"not (x > y) = x <= y"},
    {"not (x >= y) = x < y"},
    {"not (x == y) = x != y"},
    {"not (x != y) = x == y"},

    // Selection.
    {"select(p, x, x) = x"},
    {"select(not p, x, y) = select(p, y, x)"},
    {"select(x < y, x, y) = minimum(x, y)"},
    {"select(x <= y, x, y) = minimum(x, y)"},
    {"select(x > y, x, y) = maximum(x, y)"},
    {"select(x >= y, x, y) = maximum(x, y)"},
};

constexpr std::string_view pattern_names = "abcdxyzpq";

/// The same ids in all rules: a variable's place in `pattern_names`, from 1.
VariableNames pattern_variables() {
  VariableNames variables;
  std::uint32_t id = 0;
  for (const char name : pattern_names) {
    const Var var{VarId{++id}, std::string(1, name)};
    const DType dtype = kind_of_pattern(var) == PatternKind::truth ? DType::boolean : DType::i64;
    variables[var.name] = make_var(var.id, var.name, OriginId{}, {dtype, 1});
  }
  return variables;
}

Expr parse_pattern(std::string_view text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const SourceId source = sources.add("<rule>", std::string(text));
  std::vector<Token> tokens = tokenize_ir(sources, source, diagnostics);
  TokenCursor cursor(std::move(tokens), diagnostics);
  LoopProgram program;
  static const VariableNames variables = pattern_variables();
  const Expr pattern = parse_expr(cursor, program, {}, variables);
  if (!pattern || diagnostics.has_errors() || !cursor.at_end()) {
    bug(fmt::format("'{}' is no pattern: {}", text, render(diagnostics, sources)));
  }
  return pattern;
}

std::pair<std::string_view, std::string_view> split_at(std::string_view text,
                                                       std::string_view separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + separator.size())};
}

/// The operator at the root, by which rules are looked up.
Op root_of(const Expr& pattern) {
  if (const Unary* unary = as<Unary>(pattern)) return unary->op;
  if (as<Select>(pattern)) return Op::select;
  return as<Binary>(pattern)->op;
}

std::set<VarId> variables_of(const Expr& pattern) {
  std::set<VarId> variables;
  for (const Expr& node : post_order(pattern)) {
    if (const Var* var = as<Var>(node)) variables.insert(var->id);
  }
  return variables;
}

Expr key_of(const Expr& sum) {
  const std::set<VarId> all = variables_of(sum);
  for (const Expr& node : post_order(sum)) {
    const Binary* binary = as<Binary>(node);
    if (binary && binary->op == Op::modulo && variables_of(node) == all) return node;
  }
  bug("a rule of sums has no remainder with all its variables");
}

}  // namespace

PatternKind kind_of_pattern(const Var& var) {
  const char name = var.name.front();
  if (name <= 'd') return PatternKind::number;
  return name >= 'x' ? PatternKind::index : PatternKind::truth;
}

Rule parse_rule(const RuleText& text) {
  const auto [equation, condition] = split_at(text.equation, " where ");
  const auto [before, after] = split_at(equation, " = ");
  Rule rule{text.equation, text.assumes, parse_pattern(before), parse_pattern(after), {}, {}};
  if (!condition.empty()) rule.condition = parse_pattern(condition);
  if (root_of(rule.before) == Op::add) rule.key = key_of(rule.before);
  return rule;
}

std::span<const Rule> all_rules() {
  static const std::vector<Rule> parsed = [] {
    std::vector<Rule> result;
    for (const RuleText& text : rules)
      result.push_back(parse_rule(text));
    return result;
  }();
  return parsed;
}

std::span<const Rule* const> rules_of(Op op) {
  static const auto by_root = [] {
    std::map<Op, std::vector<const Rule*>> result;
    for (const Rule& rule : all_rules())
      result[root_of(rule.before)].push_back(&rule);
    return result;
  }();
  const auto found = by_root.find(op);
  if (found == by_root.end()) return {};
  return found->second;
}

}  // namespace tcc::ir

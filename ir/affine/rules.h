// The rules of index arithmetic, as data: each is its equation.
//
//   rule      ::= pattern = pattern [where condition]
//   a b c d   stand for numbers
//   x y z     for any i64 scalar
//   p q       for any bool scalar
//
// A rule replaces its left side by its right side. Sums on the left are matched as sums are
// meant, not as they are written: `x * c + y` is all terms that c divides, and the rest, which may
// be nothing (ir/affine/match.h). A condition on numbers is computed; one on other values must be
// proven. The tests enumerate every rule of the table over small integers, so that a rule that is
// added here is a rule that is tested.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/expr.h"

namespace tcc::ir {

/// What a rule takes for granted beyond its condition.
enum class Assumes : std::uint8_t {
  nothing,      ///< holds for all of i64, sums that wrap included
  no_overflow,  ///< no part of it leaves 64 bits, as of indices; not used on values from memory
};

struct RuleText {
  std::string_view equation;
  Assumes assumes = Assumes::nothing;
};

enum class PatternKind : std::uint8_t { number, index, truth };

/// A rule as expressions over pattern variables.
struct Rule {
  std::string_view equation;
  Assumes assumes;
  Expr before, after;
  Expr condition;  ///< null where it always holds
  Expr key;        ///< of a sum: the remainder in it that has all variables, by which it is found
};

/// A variable of patterns is one of these.
PatternKind kind_of_pattern(const Var& var);

/// The table, in the order in which rules are tried; parsed once for the process.
std::span<const Rule> all_rules();
/// Those whose left side is `op` at its root, in order.
std::span<const Rule* const> rules_of(Op op);

/// A rule from its text; a text that is no rule is a bug().
Rule parse_rule(const RuleText& text);

}  // namespace tcc::ir

// Index arithmetic on numbers: the values that enumerations and searches for counterexamples try.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "ir/expr.h"

namespace tcc::ir {

/// What a result outside 64 bits is: what programs compute, or no value at all, as of indices,
/// which are taken never to leave them.
enum class Overflow : std::uint8_t { wraps, has_no_value };

/// `a op b` of i64 (or of bool as 0 and 1), by the semantics of ir/expr.h: `//` and `%` floor, and
/// give 0 for a zero divisor. Nothing for other operators.
std::optional<std::int64_t> apply_integer(Op op, std::int64_t a, std::int64_t b, Overflow overflow);

/// An i64 or bool expression over variables in numbered slots, computed without walking its DAG.
class IntegerTape {
 public:
  using Slots = std::map<VarId, std::size_t>;

  /// Nothing for vectors, memory, floats, and variables without a slot.
  static std::optional<IntegerTape> from(const Expr& expr, const Slots& slots);

  enum class Kind : std::uint8_t { number, slot, unary, binary, select };
  struct Step {
    Kind kind;
    Op op;
    std::int64_t number;
    std::size_t first, second, third;  ///< operands: earlier steps; `first` of a slot is the slot
  };
  /// The steps of a tape that was written down; nothing where they read later ones, or slots from
  /// `slots` on.
  static std::optional<IntegerTape> from_steps(std::vector<Step> steps, std::size_t slots);
  const std::vector<Step>& steps() const { return steps_; }

  /// The value for variables that have `values` by slot; nothing where some part has none.
  std::optional<std::int64_t> run(std::span<const std::int64_t> values, Overflow overflow) const;

 private:
  std::vector<Step> steps_;
};

}  // namespace tcc::ir

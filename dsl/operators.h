// The one table of elementwise operators: how each is written, what it takes and gives.
// The language, the IRs and the emitters all speak of these.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tcc {

enum class Op : std::uint8_t {
  logical_or,
  logical_and,
  logical_not,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  add,
  subtract,
  multiply,
  divide,
  floor_divide,  // integers; indices only for now
  modulo,        // integers; indices only for now
  negate,
  absolute,
  square_root,
  relu,
  minimum,
  maximum,
  fma,     // fma(a, b, c): a * b + c with one rounding
  select,  // where(c, a, b)
};

/// How an operator is written in a program.
enum class Notation : std::uint8_t { infix, prefix, function, internal };

/// What the operands must be, and what comes out.
enum class OpTyping : std::uint8_t {
  arithmetic,     ///< numbers of a promoted type -> that type
  real_function,  ///< numbers of a promoted type; integers become floats -> that float
  comparison,     ///< numbers of a promoted type -> bool
  logical,        ///< bool -> bool
  selection,      ///< bool, then two of a promoted type -> that type
};

struct OpInfo {
  Op op;
  std::string_view name;  ///< "+", "and", "relu": as written in programs and in IR text
  Notation notation;
  int arity;
  int precedence;  ///< of infix and prefix operators; higher binds tighter; 0 otherwise
  OpTyping typing;
};

std::span<const OpInfo> all_operators();
const OpInfo& info_of(Op op);
std::optional<Op> find_operator(std::string_view name, Notation notation);

inline constexpr int precedence_comparison = 4;  ///< its operators do not chain
inline constexpr int precedence_matmul = 10;     ///< `@`, which is no elementwise operator

/// Reducers by name: sum[k](..), max(x, axis).
enum class ReducerKind : std::uint8_t { sum, prod, max, min };
std::string_view name_of(ReducerKind kind);
std::optional<ReducerKind> find_reducer(std::string_view name);

}  // namespace tcc

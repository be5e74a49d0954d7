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
  floor_divide,
  modulo,
  negate,
  absolute,
  square_root,
  relu,
  minimum,
  maximum,
  fma,     // fma(a, b, c): a * b + c with one rounding
  select,  // where(c, a, b)
  bit_or,
  bit_xor,
  bit_and,
  bit_not,
  shift_left,   // the amount is taken modulo the width
  shift_right,  // of signed integers, with their sign
  power,
  sign,
  floor,
  ceil,
  round,  // half to even
  trunc,
  rsqrt,
  cbrt,
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  atan2,
  sinh,
  cosh,
  tanh,
  erf,
  erfc,
  pow,
  hypot,
  clamp,  // clamp(x, low, high) is minimum(maximum(x, low), high)
  isnan,
  isinf,
  isfinite,
  // What elementary functions are made of (ir/math/elementary.h).
  float_bits,        // of f32 as i32, of f64 as i64
  float_from_bits,   // and back
  two_over_pi_word,  // i64 bits of 2/pi, 64 zeros first: word i of them; 0 outside
};

/// How an operator is written in a program.
enum class Notation : std::uint8_t { infix, prefix, function, internal };

/// What the operands must be, and what comes out.
enum class OpTyping : std::uint8_t {
  arithmetic,      ///< numbers of a promoted type -> that type
  real_function,   ///< numbers of a promoted type; integers become floats -> that float
  comparison,      ///< numbers of a promoted type -> bool
  classification,  ///< a number -> bool
  logical,         ///< bool -> bool
  selection,       ///< bool, then two of a promoted type -> that type
  bitwise,         ///< bool or integers of a promoted type -> that type
  shift,           ///< integers of a promoted type -> that type
  representation,  ///< inside the compiler only: see the operator
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
inline constexpr int precedence_power = 12;      ///< groups to the right

/// Reducers by name: sum[k](..), max(x, axis). `argmax` and `argmin` give the place of a term.
enum class ReducerKind : std::uint8_t { sum, prod, max, min, any, all, argmax, argmin };
std::string_view name_of(ReducerKind kind);
std::optional<ReducerKind> find_reducer(std::string_view name);

/// Whether the result is a place among the terms, i64, and not one of them.
constexpr bool gives_place(ReducerKind kind) {
  return kind == ReducerKind::argmax || kind == ReducerKind::argmin;
}
/// Whether there is no result over zero terms (5.4).
constexpr bool needs_term(ReducerKind kind) {
  return kind == ReducerKind::max || kind == ReducerKind::min || gives_place(kind);
}

enum class SortOrder : std::uint8_t { ascending, descending };

}  // namespace tcc

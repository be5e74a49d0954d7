// The rows of the table of operators.
#include "dsl/operators.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tcc {

namespace {

using enum Notation;
using enum OpTyping;

// In the order of the enumeration. Precedences are those of section 4, loosest first.
constexpr std::array<OpInfo, 65> operators = {{
    {Op::logical_or, "or", infix, 2, 1, logical},
    {Op::logical_and, "and", infix, 2, 2, logical},
    {Op::logical_not, "not", prefix, 1, 3, logical},
    {Op::equal, "==", infix, 2, precedence_comparison, comparison},
    {Op::not_equal, "!=", infix, 2, precedence_comparison, comparison},
    {Op::less, "<", infix, 2, precedence_comparison, comparison},
    {Op::less_equal, "<=", infix, 2, precedence_comparison, comparison},
    {Op::greater, ">", infix, 2, precedence_comparison, comparison},
    {Op::greater_equal, ">=", infix, 2, precedence_comparison, comparison},
    {Op::add, "+", infix, 2, 9, arithmetic},
    {Op::subtract, "-", infix, 2, 9, arithmetic},
    {Op::multiply, "*", infix, 2, precedence_matmul, arithmetic},
    {Op::divide, "/", infix, 2, precedence_matmul, real_function},
    {Op::floor_divide, "//", infix, 2, precedence_matmul, arithmetic},
    {Op::modulo, "%", infix, 2, precedence_matmul, arithmetic},
    {Op::negate, "-", prefix, 1, 11, arithmetic},
    {Op::absolute, "abs", function, 1, 0, arithmetic},
    {Op::square_root, "sqrt", function, 1, 0, real_function},
    {Op::relu, "relu", function, 1, 0, arithmetic},
    {Op::minimum, "minimum", function, 2, 0, arithmetic},
    {Op::maximum, "maximum", function, 2, 0, arithmetic},
    {Op::fma, "fma", function, 3, 0, real_function},
    {Op::select, "where", function, 3, 0, selection},
    {Op::bit_or, "|", infix, 2, 5, bitwise},
    {Op::bit_xor, "^", infix, 2, 6, bitwise},
    {Op::bit_and, "&", infix, 2, 7, bitwise},
    {Op::bit_not, "~", prefix, 1, 11, bitwise},
    {Op::shift_left, "<<", infix, 2, 8, shift},
    {Op::shift_right, ">>", infix, 2, 8, shift},
    {Op::power, "**", infix, 2, precedence_power, arithmetic},
    {Op::sign, "sign", function, 1, 0, arithmetic},
    {Op::floor, "floor", function, 1, 0, arithmetic},
    {Op::ceil, "ceil", function, 1, 0, arithmetic},
    {Op::round, "round", function, 1, 0, arithmetic},
    {Op::trunc, "trunc", function, 1, 0, arithmetic},
    {Op::rsqrt, "rsqrt", function, 1, 0, real_function},
    {Op::cbrt, "cbrt", function, 1, 0, real_function},
    {Op::exp, "exp", function, 1, 0, real_function},
    {Op::exp2, "exp2", function, 1, 0, real_function},
    {Op::expm1, "expm1", function, 1, 0, real_function},
    {Op::log, "log", function, 1, 0, real_function},
    {Op::log2, "log2", function, 1, 0, real_function},
    {Op::log10, "log10", function, 1, 0, real_function},
    {Op::log1p, "log1p", function, 1, 0, real_function},
    {Op::sin, "sin", function, 1, 0, real_function},
    {Op::cos, "cos", function, 1, 0, real_function},
    {Op::tan, "tan", function, 1, 0, real_function},
    {Op::asin, "asin", function, 1, 0, real_function},
    {Op::acos, "acos", function, 1, 0, real_function},
    {Op::atan, "atan", function, 1, 0, real_function},
    {Op::atan2, "atan2", function, 2, 0, real_function},
    {Op::sinh, "sinh", function, 1, 0, real_function},
    {Op::cosh, "cosh", function, 1, 0, real_function},
    {Op::tanh, "tanh", function, 1, 0, real_function},
    {Op::erf, "erf", function, 1, 0, real_function},
    {Op::erfc, "erfc", function, 1, 0, real_function},
    {Op::pow, "pow", function, 2, 0, real_function},
    {Op::hypot, "hypot", function, 2, 0, real_function},
    {Op::clamp, "clamp", function, 3, 0, arithmetic},
    {Op::isnan, "isnan", function, 1, 0, classification},
    {Op::isinf, "isinf", function, 1, 0, classification},
    {Op::isfinite, "isfinite", function, 1, 0, classification},
    {Op::float_bits, "float_bits", internal, 1, 0, representation},
    {Op::float_from_bits, "float_from_bits", internal, 1, 0, representation},
    {Op::two_over_pi_word, "two_over_pi_word", internal, 1, 0, representation},
}};

constexpr std::array<std::string_view, 8> reducers = {"sum", "prod", "max",    "min",
                                                      "any", "all",  "argmax", "argmin"};

}  // namespace

std::span<const OpInfo> all_operators() { return operators; }

const OpInfo& info_of(Op op) { return operators[static_cast<std::size_t>(op)]; }

std::optional<Op> find_operator(std::string_view name, Notation notation) {
  for (const OpInfo& info : operators) {
    if (info.notation == notation && info.name == name) return info.op;
  }
  return {};
}

std::string_view name_of(ReducerKind kind) { return reducers[static_cast<std::size_t>(kind)]; }

std::optional<ReducerKind> find_reducer(std::string_view name) {
  const auto found = std::find(reducers.begin(), reducers.end(), name);
  if (found == reducers.end()) return {};
  return static_cast<ReducerKind>(found - reducers.begin());
}

}  // namespace tcc

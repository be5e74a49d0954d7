// The rows of the table of operators.
#include "dsl/operators.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tcc {

namespace {

using enum Notation;
using enum OpTyping;

// In the order of the enumeration. Precedences are those of section 4, loosest first; the gaps
// (5 to 8, and 12) are `|`, `^`, `&`, shifts and `**`, which are not there yet.
constexpr std::array<OpInfo, 23> operators = {{
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
    {Op::fma, "fma", internal, 3, 0, real_function},
    {Op::select, "where", function, 3, 0, selection},
}};

constexpr std::array<std::string_view, 4> reducers = {"sum", "prod", "max", "min"};

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

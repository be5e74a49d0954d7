// The reducers of one component.
#include "ir/reducer.h"

#include <limits>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "ir/visit.h"

namespace tcc::ir {
namespace {

// The variables of every reducer's combine: never in a program, which counts from below.
constexpr std::uint32_t first_left = 0xffff'ff00;
constexpr std::uint32_t first_right = 0xffff'ff80;

enum class End : std::uint8_t { lowest, highest };

std::int64_t integer_end(DType dtype, End end) {
  if (dtype == DType::boolean || dtype == DType::u64) return end == End::lowest ? 0 : -1;
  const int bits = static_cast<int>(size_in_bytes(dtype)) * 8;
  const auto all = ~std::uint64_t{0};
  if (is_unsigned_integer(dtype)) {
    return end == End::lowest ? 0 : static_cast<std::int64_t>(all >> (64 - bits));
  }
  const auto highest = static_cast<std::int64_t>(all >> (65 - bits));
  return end == End::highest ? highest : -highest - 1;
}

Expr end_of(DType dtype, End end, OriginId origin) {
  if (!is_float(dtype)) return make_int(integer_end(dtype, end), origin, dtype);
  const double infinity = std::numeric_limits<double>::infinity();
  return make_float(end == End::lowest ? -infinity : infinity, dtype, origin);
}

struct Definition {
  Op op;
  Expr identity;
};

Definition definition_of(ReducerKind kind, DType dtype, OriginId origin) {
  switch (kind) {
    case ReducerKind::sum: return {Op::add, make_number(0, dtype, origin)};
    case ReducerKind::prod: return {Op::multiply, make_number(1, dtype, origin)};
    case ReducerKind::max: return {Op::maximum, end_of(dtype, End::lowest, origin)};
    case ReducerKind::min: return {Op::minimum, end_of(dtype, End::highest, origin)};
    case ReducerKind::any: return {Op::logical_or, make_bool(false, origin)};
    case ReducerKind::all: return {Op::logical_and, make_bool(true, origin)};
    case ReducerKind::argmax:
    case ReducerKind::argmin: break;
  }
  bug("a reducer of several components, which the graph says in two steps");
}

}  // namespace

Reducer make_reducer(ReducerKind kind, DType dtype, OriginId origin) {
  const Definition definition = definition_of(kind, dtype, origin);
  const Expr left = make_var(VarId{first_left}, "left", origin, {dtype, 1});
  const Expr right = make_var(VarId{first_right}, "right", origin, {dtype, 1});
  return {std::string(name_of(kind)),
          {definition.identity},
          {left},
          {right},
          {make_binary(definition.op, left, right, origin)}};
}

Expr combine(const Reducer& reducer, std::size_t component, std::span<const Expr> left,
             std::span<const Expr> right) {
  if (left.size() != reducer.left.size() || right.size() != reducer.right.size()) {
    bug("a reducer with the wrong number of components");
  }
  Substitution values;
  for (std::size_t c = 0; c < left.size(); ++c) {
    values.emplace(as<Var>(reducer.left[c])->id, left[c]);
    values.emplace(as<Var>(reducer.right[c])->id, right[c]);
  }
  return substitute(reducer.combine[component], values);
}

}  // namespace tcc::ir

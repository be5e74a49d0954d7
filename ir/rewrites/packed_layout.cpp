// Layouts of packed tensors.
#include "ir/rewrites/packed_layout.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/affine/polynomial.h"
#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

using Part = LayoutIndex::Part;

Refusal wrong_layout(std::string reason) {
  return {std::move(reason), {}, "an axis stands as i1, or as i1 // 16 and i1 % 16"};
}

std::optional<std::size_t> axis_named(const std::string& name, std::size_t rank) {
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (name == fmt::format("i{}", axis)) return axis;
  }
  return {};
}

/// value = divisor * quotient + remainder, 0 <= remainder < divisor
struct Division {
  Expr quotient, remainder;
};

/// By the variables' ranges: multiples of the divisor are the quotient's, the rest must be proven
/// to be in range.
std::optional<Division> divided(const Expr& value, std::int64_t divisor, const VarRanges& ranges,
                                const Facts& facts, OriginId origin) {
  const auto polynomial = Polynomial::from(value);
  if (!polynomial) return {};
  const std::int64_t constant = polynomial->constant_term() % divisor;
  Expr rest = make_int(constant < 0 ? constant + divisor : constant, origin);
  for (const auto& [var, range] : ranges) {
    const auto coefficient = polynomial->coefficient(var);
    if (!coefficient || *coefficient % divisor == 0) continue;
    const Expr term = make_binary(Op::multiply, make_var(var, "", origin),
                                  make_int(*coefficient, origin), origin);
    rest = make_binary(Op::add, rest, term, origin);
  }
  const Expr zero = make_int(0, origin);
  const Expr inside =
      make_binary(Op::logical_and, make_binary(Op::greater_equal, rest, zero, origin),
                  make_binary(Op::less, rest, make_int(divisor, origin), origin), origin);
  if (prove(inside, ranges, facts) != Verdict::proven) return {};
  const Expr multiple = simplify(make_binary(Op::subtract, value, rest, origin));
  const Expr by = make_int(divisor, origin);
  const Expr quotient = simplify(make_binary(Op::floor_divide, multiple, by, origin));
  const Expr multiplied = make_binary(Op::multiply, quotient, by, origin);
  if (!same_value(multiplied, multiple)) return {};
  return Division{quotient, simplify(make_binary(Op::subtract, value, multiplied, origin))};
}

}  // namespace

tl::expected<PackedLayout, Refusal> packed_layout(const Layout& layout, std::size_t rank) {
  PackedLayout packed;
  for (const LayoutIndex& index : layout) {
    const auto axis = axis_named(index.axis, rank);
    if (!axis)
      return tl::unexpected(wrong_layout(fmt::format("there is no axis '{}'", index.axis)));
    if (index.part != Part::whole && (index.divisor < 1 || index.divisor > INT32_MAX)) {
      return tl::unexpected(
          wrong_layout(fmt::format("divisor {} is not in 1 to 2^31 - 1", index.divisor)));
    }
    packed.push_back({*axis, index.part, index.divisor});
  }
  for (std::size_t axis = 0; axis < rank; ++axis) {
    PackedLayout of_axis;
    std::copy_if(packed.begin(), packed.end(), std::back_inserter(of_axis),
                 [&](const PackedIndex& index) { return index.axis == axis; });
    const auto has = [&](Part part) {
      return std::count_if(of_axis.begin(), of_axis.end(),
                           [&](const PackedIndex& index) { return index.part == part; }) == 1;
    };
    const bool whole = of_axis.size() == 1 && has(Part::whole);
    const bool parts = of_axis.size() == 2 && has(Part::quotient) && has(Part::remainder) &&
                       of_axis[0].divisor == of_axis[1].divisor;
    if (whole || parts) continue;
    return tl::unexpected(wrong_layout(fmt::format(
        "the layout has axis i{} neither as a whole nor as one quotient and its remainder", axis)));
  }
  return packed;
}

Expr packed_extent(const PackedIndex& index, const std::vector<Expr>& extent, OriginId origin) {
  const Expr& whole = extent[index.axis];
  const Expr divisor = make_int(index.divisor, origin);
  if (index.part == Part::whole) return whole;
  if (index.part == Part::remainder) return divisor;
  const Expr more = make_int(index.divisor - 1, origin);
  return simplify(
      make_binary(Op::floor_divide, make_binary(Op::add, whole, more, origin), divisor, origin));
}

std::vector<Expr> packed_indices(const PackedLayout& layout, const std::vector<Expr>& indices,
                                 const VarRanges& ranges, const Facts& facts, OriginId origin) {
  std::vector<Expr> packed;
  for (const PackedIndex& index : layout) {
    const Expr value = simplify(indices[index.axis]);
    if (index.part == Part::whole) {
      packed.push_back(value);
      continue;
    }
    const bool quotient = index.part == Part::quotient;
    if (const auto division = divided(value, index.divisor, ranges, facts, origin)) {
      packed.push_back(quotient ? division->quotient : division->remainder);
      continue;
    }
    const Op op = quotient ? Op::floor_divide : Op::modulo;
    packed.push_back(simplify(make_binary(op, value, make_int(index.divisor, origin), origin)));
  }
  return packed;
}

}  // namespace tcc::ir

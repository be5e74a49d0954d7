// Intervals over the nodes of an expression, in double: exact for what addresses memory.
#include "ir/index_reach.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Reach anywhere = {-infinity, infinity};

/// 0 * infinity is 0 here: a factor of 0 leaves nothing.
double product(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

bool is_known(const Reach& reach) {
  return std::isfinite(reach.lowest) && std::isfinite(reach.highest);
}

template <typename F> Reach of_corners(const Reach& a, const Reach& b, F f) {
  const double corners[] = {f(a.lowest, b.lowest), f(a.lowest, b.highest), f(a.highest, b.lowest),
                            f(a.highest, b.highest)};
  return {*std::ranges::min_element(corners), *std::ranges::max_element(corners)};
}

Reach quotient(const Reach& a, const Reach& b) {
  if (!is_known(a) || !is_known(b) || b.lowest < 1) return anywhere;
  return of_corners(a, b, [](double x, double y) { return std::floor(x / y); });
}

Reach remainder(const Reach& a, const Reach& b) {
  if (!is_known(b) || b.lowest < 1) return anywhere;
  if (a.lowest >= 0 && a.highest < b.lowest) return a;
  return {0, b.highest - 1};
}

Reach shifted(const Reach& a, const Reach& b) {
  if (!is_known(a) || !is_known(b) || a.lowest < 0 || b.lowest < 0 || b.highest > 63)
    return anywhere;
  return {a.lowest * std::exp2(b.lowest), a.highest * std::exp2(b.highest)};
}

Reach binary(Op op, const Reach& a, const Reach& b) {
  switch (op) {
    case Op::add: return {a.lowest + b.lowest, a.highest + b.highest};
    case Op::subtract: return {a.lowest - b.highest, a.highest - b.lowest};
    case Op::multiply: return of_corners(a, b, product);
    case Op::floor_divide: return quotient(a, b);
    case Op::modulo: return remainder(a, b);
    case Op::minimum: return {std::min(a.lowest, b.lowest), std::min(a.highest, b.highest)};
    case Op::maximum: return {std::max(a.lowest, b.lowest), std::max(a.highest, b.highest)};
    case Op::shift_left: return shifted(a, b);
    default: return anywhere;
  }
}

Reach ramp(const Reach& base, const Reach& stride, std::uint16_t lanes) {
  const Reach steps = of_corners(stride, {0, lanes - 1.0}, product);
  return binary(Op::add, base, steps);
}

Reach either(const Reach& a, const Reach& b) {
  return {std::min(a.lowest, b.lowest), std::max(a.highest, b.highest)};
}

/// Of one node, whose operands `of` knows.
template <typename F> Reach reach_of_node(const Expr& node, F of) {
  return match(
      node,
      [](const IntImm& n) {
        return Reach{static_cast<double>(n.value), static_cast<double>(n.value)};
      },
      [](const FloatImm&) { return anywhere; }, [](const Var&) { return anywhere; },
      [&](const Cast& n) { return of(n.value); },
      [&](const Unary& n) {
        const Reach operand = of(n.operand);
        return n.op == Op::negate ? Reach{-operand.highest, -operand.lowest} : anywhere;
      },
      [&](const Binary& n) { return binary(n.op, of(n.lhs), of(n.rhs)); },
      [&](const Select& n) { return either(of(n.if_true), of(n.if_false)); },
      [](const Call&) { return anywhere; }, [](const Load&) { return anywhere; },
      [&](const Ramp& n) { return ramp(of(n.base), of(n.stride), node->type.lanes); },
      [&](const Broadcast& n) { return of(n.value); },
      [&](const Shuffle& n) { return of(n.vector); });
}

/// A sum of opposite infinities is no number.
Reach without_nan(Reach reach) {
  if (std::isnan(reach.lowest)) reach.lowest = -infinity;
  if (std::isnan(reach.highest)) reach.highest = infinity;
  return reach;
}

double width_of(double first, double last) { return std::max(0.0, last - first + 1); }

/// How often the loops of a set run together.
double trips_of(std::uint64_t loops, const TripsByDepth& trips) {
  double count = 1;
  for (unsigned depth = 0; depth < trips.size(); ++depth) {
    if ((loops >> depth & 1) != 0) count *= trips[depth];
  }
  return count;
}

}  // namespace

Reach ReachOfVars::operator()(const Expr& expr) const {
  if (const auto constant = constant_of(expr)) {
    return {static_cast<double>(*constant), static_cast<double>(*constant)};
  }
  std::unordered_map<const ExprNode*, Reach> known;
  for (const Expr& node : post_order(expr)) {
    Reach reach = anywhere;
    if (const Var* var = as<Var>(node)) {
      const auto found = reaches_.find(var->id);
      if (found != reaches_.end()) reach = found->second;
    } else {
      const auto of = [&](const Expr& operand) { return known.at(operand.get()); };
      reach = without_nan(reach_of_node(node, of));
      reach.loops = 0;
      for_each_child(*node, [&](const Expr& child) { reach.loops |= of(child).loops; });
    }
    if (node->type.dtype == DType::boolean && !as<IntImm>(node)) {
      reach.lowest = 0;
      reach.highest = 1;
    }
    known.emplace(node.get(), reach);
  }
  return known.at(expr.get());
}

TouchedBox touched_by(const std::vector<Expr>& indices, const std::vector<double>& shape,
                      const ReachOfVars& reach, const TripsByDepth& trips) {
  TouchedBox box;
  std::uint64_t loops = 0;
  double by_axis = 1;
  std::uint16_t lanes = 1;
  for (std::size_t axis = 0; axis < indices.size(); ++axis) {
    const Reach index = reach(indices[axis]);
    box.first.push_back(std::max(index.lowest, 0.0));
    box.last.push_back(std::min(index.highest, shape[axis] - 1));
    const std::uint16_t own_lanes = indices[axis]->type.lanes;
    lanes = std::max(lanes, own_lanes);
    loops |= index.loops;
    by_axis *= std::min(width_of(box.first.back(), box.last.back()),
                        trips_of(index.loops, trips) * own_lanes);
  }
  box.count = std::min(by_axis, trips_of(loops, trips) * lanes);
  return box;
}

void add_to(TouchedBox& box, const TouchedBox& more) {
  if (more.count == 0) return;
  if (box.count == 0) {
    box = more;
    return;
  }
  for (std::size_t axis = 0; axis < box.first.size(); ++axis) {
    box.first[axis] = std::min(box.first[axis], more.first[axis]);
    box.last[axis] = std::max(box.last[axis], more.last[axis]);
  }
  box.count += more.count;
}

double element_count(const TouchedBox& box) {
  double places = 1;
  for (std::size_t axis = 0; axis < box.first.size(); ++axis)
    places *= width_of(box.first[axis], box.last[axis]);
  return std::min(places, box.count);
}

}  // namespace tcc::ir

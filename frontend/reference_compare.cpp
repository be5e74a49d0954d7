// Results compared with what the reference evaluator expects.
#include <cmath>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "frontend/reference.h"
#include "frontend/reference_array.h"
#include "frontend/reference_integers.h"

namespace tcc {

namespace {

using reference::infinity;

/// |r - value|: 0 for two NaNs and for equal infinities, infinite for unequal ones.
double error_of(const reference::TwoDoubles& r, double value, double value_low) {
  if (std::isnan(r.high) && std::isnan(value)) return 0;
  if (r.high == value && !std::isfinite(value)) return 0;
  const double error = std::fabs((r.high - value) + (r.low - value_low));
  return std::isnan(error) ? infinity : error;
}

/// How much of its bound an element uses; beyond 1 it is wrong. Where all is right, the element is
/// shown that comes last in this order, so those that nothing is asked of stand first.
double used_part(double error, double bound) {
  if (bound == infinity) return -1;
  if (error == 0) return 0;
  return bound == 0 ? infinity : error / bound;
}

std::vector<std::int64_t> index_of(std::size_t element, const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> index(shape.size());
  auto rest = static_cast<std::int64_t>(element);
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = rest % shape[axis];
    rest /= shape[axis];
  }
  return index;
}

}  // namespace

Comparison compare(const Tensor& result, const ReferenceTensor& expected) {
  if (result.dtype() != expected.dtype || result.shape() != expected.shape) {
    bug("the result is of another type than the reference's");
  }
  const auto got = reference::read_tensor<double>(result);
  Comparison comparison{true, 0, 0, expected.discontinuities, {}, 0, 0};
  double largest = -2;
  for (std::size_t e = 0; e < got.values.size(); ++e) {
    reference::TwoDoubles r{got.values[e].value, 0};
    if (!is_float(expected.dtype)) {
      r = reference::as_doubles(got.values[e].integer, expected.dtype);
    }
    const double low = expected.value_low.empty() ? 0 : expected.value_low[e];
    const double bound = expected.bound[e];
    const double error = error_of(r, expected.value[e], low);
    const bool wrong = used_part(error, bound) > 1;
    const double shown = bound == infinity ? -1 : error;  // anything is right: nothing to show
    if (comparison.within_bounds && (wrong || shown > largest)) {
      largest = shown;
      comparison.max_error = std::fmax(shown, 0);
      comparison.allowed = bound;
      comparison.worst = index_of(e, expected.shape);
      comparison.got = r.high;
      comparison.expected = expected.value[e];
    }
    comparison.within_bounds &= !wrong;
  }
  return comparison;
}

}  // namespace tcc

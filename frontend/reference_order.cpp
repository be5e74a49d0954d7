// Places of approximate values in an order.
#include "frontend/reference_order.h"

#include <algorithm>
#include <numeric>

#include "frontend/reference_integers.h"

namespace tcc::reference {

namespace {

/// Compares values of one element type by what is most likely of them; -1, 0 or 1. NaN is greatest.
template <typename Real>
int compare(const Approximate<Real>& a, const Approximate<Real>& b, DType dtype) {
  if (!is_float(dtype)) {
    if (a.integer == b.integer) return 0;
    return integer_arithmetic(Op::minimum, dtype, a.integer, b.integer) == a.integer ? -1 : 1;
  }
  const bool a_is_nan = std::isnan(high_part(a.value));
  const bool b_is_nan = std::isnan(high_part(b.value));
  if (a_is_nan || b_is_nan) return static_cast<int>(a_is_nan) - static_cast<int>(b_is_nan);
  const double distance = difference(a, b);
  return static_cast<int>(distance > 0) - static_cast<int>(distance < 0);
}

/// Whether a value that compares less may yet come out equal or greater.
template <typename Real>
bool may_swap(const Approximate<Real>& less, const Approximate<Real>& greater, DType dtype) {
  if (is_exact(less) && is_exact(greater)) return false;
  if (!is_float(dtype) || is_anything(less) || is_anything(greater)) return true;
  if (std::isnan(high_part(greater.value))) return false;
  return !(-difference(less, greater) > (less.bound + greater.bound) * slack);
}

}  // namespace

template <typename Real>
void PlaceOfExtreme<Real>::include(const Approximate<Real>& term, std::int64_t place) {
  terms_.push_back({term, place});
}

template <typename Real> Approximate<Real> PlaceOfExtreme<Real>::result() const {
  if (terms_.empty()) return whole<Real>(0);
  // As large as possible: the smallest one is the largest of the opposites, NaN before all.
  const auto is_better = [&](const Approximate<Real>& a, const Approximate<Real>& b) {
    const bool wants_least = kind_ == ReducerKind::argmin;
    const bool nan =
        is_float(dtype_) && (std::isnan(high_part(a.value)) || std::isnan(high_part(b.value)));
    const int order = compare(a, b, dtype_);
    return wants_least && !nan ? order < 0 : order > 0;
  };
  std::size_t best = 0;
  std::uint8_t marks = 0;
  for (std::size_t t = 0; t < terms_.size(); ++t) {
    marks |= terms_[t].value.marks;
    if (is_better(terms_[t].value, terms_[best].value)) best = t;
  }
  const Approximate<Real>& found = terms_[best].value;
  const bool found_nan = is_float(dtype_) && is_certainly_nan(found);
  bool is_open = false;
  for (std::size_t t = 0; t < terms_.size(); ++t) {
    const Approximate<Real>& other = terms_[t].value;
    if (t == best || (found_nan && t > best)) continue;
    if (found_nan) {
      is_open |= is_anything(other);
      continue;
    }
    const bool equal = compare(other, found, dtype_) == 0;
    const bool both_exact = is_exact(other) && is_exact(found);
    is_open |= equal                          ? !both_exact
               : kind_ == ReducerKind::argmin ? may_swap(found, other, dtype_)
                                              : may_swap(other, found, dtype_);
  }
  if (is_open) return whole<Real>(terms_[best].place, infinity, marks | discontinuous);
  return whole<Real>(terms_[best].place, 0, marks);
}

template <typename Real>
std::vector<Approximate<Real>> sorted_places(std::span<const Approximate<Real>> line, DType dtype,
                                             SortOrder order) {
  std::vector<std::size_t> places(line.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  const int sign = order == SortOrder::ascending ? 1 : -1;
  std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    const int compared = sign * compare(line[a], line[b], dtype);
    return compared == 0 ? a < b : compared < 0;
  });
  const bool has_anything =
      std::any_of(line.begin(), line.end(), [](const auto& value) { return is_anything(value); });
  std::uint8_t marks = 0;
  for (const Approximate<Real>& value : line)
    marks |= value.marks;
  std::vector<Approximate<Real>> result;
  for (const std::size_t place : places)
    result.push_back(whole<Real>(static_cast<std::int64_t>(place), 0, marks));

  const auto leave_open = [&](std::size_t position) {
    result[position].bound = infinity;
    result[position].marks |= discontinuous;
  };
  const auto overlap = [&](std::size_t before, std::size_t after) {
    const Approximate<Real>& a = line[places[before]];
    const Approximate<Real>& b = line[places[after]];
    if (compare(a, b, dtype) == 0) return !(is_exact(a) && is_exact(b));
    return sign > 0 ? may_swap(a, b, dtype) : may_swap(b, a, dtype);
  };
  const auto distance = [&](std::size_t p, std::size_t q) {
    return is_float(dtype) ? std::fabs(difference(line[places[p]], line[places[q]])) : 0;
  };
  const auto bound = [&](std::size_t p) { return line[places[p]].bound; };
  if (has_anything) {
    for (std::size_t p = 0; p < result.size(); ++p)
      leave_open(p);
    return result;
  }
  // Against all before it, of which one reaches furthest, and against all behind it.
  std::size_t reaching = 0;
  for (std::size_t p = 1; p < result.size(); ++p) {
    for (std::size_t open = reaching; overlap(reaching, p) && open <= p; ++open)
      leave_open(open);
    if (!(bound(reaching) > distance(reaching, p) + bound(p))) reaching = p;
  }
  reaching = result.empty() ? 0 : result.size() - 1;
  for (std::size_t p = reaching; p-- > 0;) {
    for (std::size_t open = p; overlap(p, reaching) && open <= reaching; ++open)
      leave_open(open);
    if (!(bound(reaching) > distance(reaching, p) + bound(p))) reaching = p;
  }
  return result;
}

template class PlaceOfExtreme<double>;
template class PlaceOfExtreme<DoubleDouble>;
template std::vector<Approximate<double>> sorted_places(std::span<const Approximate<double>>, DType,
                                                        SortOrder);
template std::vector<Approximate<DoubleDouble>> sorted_places(
    std::span<const Approximate<DoubleDouble>>, DType, SortOrder);

}  // namespace tcc::reference

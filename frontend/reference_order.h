// Places of approximate values in an order: argmax, argmin, and sorting. A place that the error
// bounds leave open is no certain one.
#pragma once

#include <span>
#include <vector>

#include "dsl/operators.h"
#include "frontend/reference_value.h"

namespace tcc::reference {

/// Finds the first of the largest (or smallest) terms, or the first NaN. Without terms it gives 0.
template <typename Real> class PlaceOfExtreme {
 public:
  PlaceOfExtreme(ReducerKind kind, DType dtype) : kind_(kind), dtype_(dtype) {}
  void include(const Approximate<Real>& term, std::int64_t place);
  /// The place, i64; with an infinite bound where another correct evaluation may find another.
  Approximate<Real> result() const;

 private:
  struct Term {
    Approximate<Real> value;
    std::int64_t place;
  };
  ReducerKind kind_;
  DType dtype_;
  std::vector<Term> terms_;
};

/// Where the elements of the sorted line stand in it: as many, i64. NaN is greater than every
/// number; equal elements keep their order.
template <typename Real>
std::vector<Approximate<Real>> sorted_places(std::span<const Approximate<Real>> line, DType dtype,
                                             SortOrder order);

}  // namespace tcc::reference

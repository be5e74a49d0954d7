// Reductions of approximate values, with bounds that hold for every order of combination and with
// or without fused multiply-adds (Higham 2002, section 4.2).
#pragma once

#include "dsl/operators.h"
#include "frontend/reference_value.h"

namespace tcc::reference {

/// Combines terms one by one. Without any it gives the reducer's identity.
///
/// sum:      n terms make n - 1 additions. Each partial sum of any order is at most
///           (|sum| + sum of |terms|) / 2 away from zero, the larger of what the positive and the
///           negative terms add up to; each addition errs by u times that.
/// prod:     gamma_{n-1} of the product, and an underflow in each step that later factors enlarge.
/// max, min, any, all: no rounding.
template <typename Real> class Reduction {
 public:
  using Value = Approximate<Real>;

  Reduction(ReducerKind kind, DType dtype);
  void include(const Value& term);
  Value result() const;

 private:
  void include_float(const Value& term);
  void include_integer(const Value& term);
  void include_truth(const Value& term);
  void include_summand(const Value& term);
  void include_factor(const Value& term);
  Value sum() const;
  Value product() const;
  Value infinite_product() const;

  ReducerKind kind_;
  Precision precision_;
  double count_ = 0;
  Value value_;            ///< of the finite terms so far
  double propagated_ = 0;  ///< error of value_ by that of its terms
  double magnitude_;       ///< sum: of |term| + bound; prod: of max(1, |term| + bound)
  double smallest_ = 1;    ///< prod: of min(1, |term| - bound)
  bool all_integers_ = true;
  bool has_nan_ = false;  ///< a certain one
  bool has_anything_ = false;
  bool has_zero_ = false;     ///< a certain one
  bool is_negative_ = false;  ///< prod: an odd number of factors is
  double infinities_ = 0;     ///< the sum of the infinite terms; prod: infinite where there is one
};

/// A sum of `count` terms of which the sums of term, |term| + bound, and bound are given.
template <typename Real> struct SumOfTerms {
  Real value;
  double magnitude;
  double propagated;
  double count;
  std::uint8_t marks;
};
template <typename Real>
Approximate<Real> bounded_sum(const SumOfTerms<Real>& terms, const Precision& precision);

}  // namespace tcc::reference

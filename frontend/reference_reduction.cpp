// Reductions of approximate values.
#include "frontend/reference_reduction.h"

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "frontend/reference_arithmetic.h"
#include "frontend/reference_integers.h"

namespace tcc::reference {

namespace {

template <typename Real> bool is_integral(const Approximate<Real>& a) {
  return is_exact(a) && std::trunc(high_part(a.value)) == high_part(a.value);
}

std::int64_t integer_identity(ReducerKind kind, DType dtype) {
  switch (kind) {
    case ReducerKind::sum: return 0;
    case ReducerKind::prod: return wrap(1, dtype);
    case ReducerKind::max: return lowest_integer(dtype);
    case ReducerKind::min: return highest_integer(dtype);
    case ReducerKind::any: return 0;
    case ReducerKind::all: return 1;
    case ReducerKind::argmax:
    case ReducerKind::argmin: break;
  }
  bug("a reducer of no kind");
}

double float_identity(ReducerKind kind) {
  switch (kind) {
    case ReducerKind::sum: return 0;
    case ReducerKind::prod: return 1;
    case ReducerKind::max: return -infinity;
    case ReducerKind::min: return infinity;
    default: break;
  }
  bug("a reducer of no kind");
}

Op operator_of(ReducerKind kind) {
  switch (kind) {
    case ReducerKind::sum: return Op::add;
    case ReducerKind::prod: return Op::multiply;
    case ReducerKind::max: return Op::maximum;
    case ReducerKind::min: return Op::minimum;
    default: break;
  }
  bug("a reducer of no kind");
}

}  // namespace

template <typename Real>
Approximate<Real> bounded_sum(const SumOfTerms<Real>& terms, const Precision& precision) {
  const double largest_partial =
      (terms.magnitude + magnitude(terms.value) + terms.propagated) / 2 * slack;
  const double rounding = terms.count > 1 ? gamma(terms.count - 1, precision) * largest_partial : 0;
  const double error = terms.propagated + rounding;
  // Another order may come to a larger partial sum than this one's result.
  if (!(largest_partial + error * slack <= precision.largest)) return anything<Real>(terms.marks);
  return within<Real>(terms.value, error, terms.marks, precision);
}

template <typename Real>
Reduction<Real>::Reduction(ReducerKind kind, DType dtype)
    : kind_(kind), precision_(precision_of(dtype)), magnitude_(kind == ReducerKind::prod ? 1 : 0) {
  if (is_float(dtype)) {
    value_.value = Real(float_identity(kind));
  } else {
    value_.integer = integer_identity(kind, dtype);
  }
}

template <typename Real> void Reduction<Real>::include(const Value& term) {
  value_.marks |= term.marks;
  count_ += 1;
  if (is_float(precision_.dtype)) {
    include_float(term);
  } else {
    include_integer(term);
  }
}

template <typename Real> void Reduction<Real>::include_integer(const Value& term) {
  if (kind_ == ReducerKind::any || kind_ == ReducerKind::all) return include_truth(term);
  value_.integer =
      integer_arithmetic(operator_of(kind_), precision_.dtype, value_.integer, term.integer);
  if (!is_exact(term)) value_.bound = infinity;
}

/// One certain term decides; without it one that is open leaves the result open.
template <typename Real> void Reduction<Real>::include_truth(const Value& term) {
  const std::int64_t deciding = kind_ == ReducerKind::any ? 1 : 0;
  const bool is_decided = is_exact(value_) && value_.integer == deciding;
  if (is_decided) return;
  if (!is_exact(term)) {
    value_.bound = 1;
  } else if (term.integer == deciding) {
    value_.integer = deciding;
    value_.bound = 0;
  }
}

template <typename Real> void Reduction<Real>::include_float(const Value& term) {
  using On = Arithmetic<Real>;
  switch (kind_) {
    case ReducerKind::sum: return include_summand(term);
    case ReducerKind::prod: return include_factor(term);
    case ReducerKind::max: value_ = count_ == 1 ? term : On::maximum(value_, term); return;
    case ReducerKind::min: value_ = count_ == 1 ? term : On::minimum(value_, term); return;
    default: bug("a reduction of floats that gives none");
  }
}

template <typename Real> void Reduction<Real>::include_summand(const Value& term) {
  all_integers_ &= is_integral(term);
  has_nan_ |= is_certainly_nan(term);
  has_anything_ |= is_anything(term);
  if (!is_finite(term)) {
    infinities_ += high_part(term.value);
    return;
  }
  magnitude_ += magnitude(term.value) + term.bound;
  propagated_ += term.bound;
  value_.value = value_.value + term.value;
}

template <typename Real> void Reduction<Real>::include_factor(const Value& term) {
  all_integers_ &= is_integral(term);
  has_nan_ |= is_certainly_nan(term);
  has_anything_ |= is_anything(term);
  has_zero_ |= is_exact(term) && high_part(term.value) == 0;
  is_negative_ ^= std::signbit(high_part(term.value));
  if (!is_finite(term)) {
    infinities_ = infinity;
    return;
  }
  const double size = magnitude(term.value);
  propagated_ = propagated_ * (size + term.bound) + magnitude(value_.value) * term.bound;
  magnitude_ *= std::fmax(1, size + term.bound);
  smallest_ *= std::fmin(1, std::fmax(0, size - term.bound));
  value_.value = value_.value * term.value;
}

template <typename Real> auto Reduction<Real>::result() const -> Value {
  const bool rounds = kind_ == ReducerKind::sum || kind_ == ReducerKind::prod;
  if (!is_float(precision_.dtype) || !rounds || count_ == 0) return value_;
  if (has_nan_) return exactly<Real>(std::numeric_limits<double>::quiet_NaN(), value_.marks);
  if (has_anything_) return anything<Real>(value_.marks);
  return kind_ == ReducerKind::sum ? sum() : product();
}

template <typename Real> auto Reduction<Real>::sum() const -> Value {
  Value result = value_;
  if (high_part(result.value) == 0) result.marks |= any_zero_sign;
  const bool exact = all_integers_ && magnitude_ <= precision_.exact_integers;
  if (!exact) {
    result = bounded_sum<Real>({result.value, magnitude_, propagated_, count_, result.marks},
                               precision_);
  }
  // What is finite cannot change an infinity, unless it may overflow to the other one.
  if (infinities_ != 0 && !is_anything(result)) return exactly<Real>(infinities_, result.marks);
  return result;
}

template <typename Real> auto Reduction<Real>::product() const -> Value {
  if (infinities_ != 0) return infinite_product();
  const double growth = 1 + gamma(count_, precision_);
  if (!(magnitude_ * growth * slack <= precision_.largest)) return anything<Real>(value_.marks);
  if (has_zero_) return exactly<Real>(0, value_.marks | any_zero_sign);
  if (all_integers_ && magnitude_ <= precision_.exact_integers) return value_;
  const double size = magnitude(value_.value) + propagated_;
  double error = propagated_ + gamma(count_ - 1, precision_) * size;
  if (smallest_ < precision_.smallest_normal && count_ > 1) {
    error += count_ * precision_.underflow * magnitude_ * growth;
  }
  return within<Real>(value_.value, error, value_.marks, precision_);
}

/// Zero times infinity is NaN in every order; where some partial product may be rounded to zero,
/// the order decides.
template <typename Real> auto Reduction<Real>::infinite_product() const -> Value {
  if (has_zero_) return exactly<Real>(std::numeric_limits<double>::quiet_NaN(), value_.marks);
  if (smallest_ < precision_.smallest_normal) return anything<Real>(value_.marks);
  return exactly<Real>(is_negative_ ? -infinity : infinity, value_.marks);
}

template class Reduction<double>;
template class Reduction<DoubleDouble>;
template Approximate<double> bounded_sum(const SumOfTerms<double>&, const Precision&);
template Approximate<DoubleDouble> bounded_sum(const SumOfTerms<DoubleDouble>&, const Precision&);

}  // namespace tcc::reference

// Matrix products of approximate values: the one place where the reference is built for speed.
#include "frontend/reference_matmul.h"

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "frontend/reference_arithmetic.h"
#include "frontend/reference_elementwise.h"
#include "frontend/reference_reduction.h"

namespace tcc::reference {

namespace {

/// Value, |value| + bound, and bound of a matrix, each dense; and what holds for whole rows (of
/// the left operand) or columns (of the right one).
template <typename Real> struct Planes {
  std::vector<Real> value;
  std::vector<double> magnitude;
  std::vector<double> bound;
  std::vector<char> all_integers;
  std::vector<std::uint8_t> marks;
  bool certain = true;
};

/// One matrix of a batch: element [r, c] lies at `first + r * columns + c`.
template <typename Real> struct Matrix {
  const Approximate<Real>* first;
  std::int64_t rows;
  std::int64_t columns;
};

enum class Side : std::uint8_t { left, right };

template <typename Real> Planes<Real> planes_of(const Matrix<Real>& matrix, Side side) {
  const auto count = static_cast<std::size_t>(matrix.rows * matrix.columns);
  const auto lines = static_cast<std::size_t>(side == Side::left ? matrix.rows : matrix.columns);
  Planes<Real> planes;
  planes.value.reserve(count);
  planes.magnitude.reserve(count);
  planes.bound.reserve(count);
  planes.all_integers.assign(lines, 1);
  planes.marks.assign(lines, 0);
  const Approximate<Real>* element = matrix.first;
  for (std::int64_t r = 0; r < matrix.rows; ++r) {
    for (std::int64_t c = 0; c < matrix.columns; ++c, ++element) {
      const auto line = static_cast<std::size_t>(side == Side::left ? r : c);
      const double high = high_part(element->value);
      planes.value.push_back(element->value);
      planes.magnitude.push_back(std::fabs(high) + element->bound);
      planes.bound.push_back(element->bound);
      if (!is_exact(*element) || std::trunc(high) != high) planes.all_integers[line] = 0;
      planes.marks[line] |= element->marks;
      planes.certain &= is_exact(*element);
    }
  }
  return planes;
}

/// The sums of one row of the result over k: of a*b, of |a*b| with its error, and of that error.
template <typename Real> struct RowSums {
  std::vector<Real> value;
  std::vector<double> magnitude;
  std::vector<double> propagated;
};

template <typename Real>
void sum_row(const Planes<Real>& lhs, const Planes<Real>& rhs, std::size_t row, std::size_t depth,
             RowSums<Real>& sums) {
  const std::size_t columns = sums.value.size();
  std::fill(sums.value.begin(), sums.value.end(), Real(0.0));
  std::fill(sums.magnitude.begin(), sums.magnitude.end(), 0.0);
  std::fill(sums.propagated.begin(), sums.propagated.end(), 0.0);
  Real* value = sums.value.data();
  double* magnitude = sums.magnitude.data();
  double* propagated = sums.propagated.data();
  for (std::size_t k = 0; k < depth; ++k) {
    const Real a = lhs.value[row * depth + k];
    const double a_size = lhs.magnitude[row * depth + k];
    const double a_bound = lhs.bound[row * depth + k];
    const double a_magnitude = std::fabs(high_part(a));
    const Real* b = rhs.value.data() + k * columns;
    const double* b_size = rhs.magnitude.data() + k * columns;
    const double* b_bound = rhs.bound.data() + k * columns;
    for (std::size_t c = 0; c < columns; ++c)
      value[c] = value[c] + a * b[c];
    for (std::size_t c = 0; c < columns; ++c)
      magnitude[c] += a_size * b_size[c];
    if (lhs.certain && rhs.certain) continue;
    for (std::size_t c = 0; c < columns; ++c) {
      propagated[c] += a_magnitude * b_bound[c] + a_bound * b_size[c];
    }
  }
}

/// Term by term: where a value is infinite or NaN, and for integers.
template <typename Real>
Approximate<Real> dot(const Approximate<Real>* a, const Approximate<Real>* b, std::int64_t depth,
                      std::int64_t stride, DType dtype) {
  const Operation<Real> multiply(Op::multiply, dtype);
  Reduction<Real> sum(ReducerKind::sum, dtype);
  for (std::int64_t k = 0; k < depth; ++k)
    sum.include(multiply(a[k], b[k * stride], {}));
  return sum.result();
}

/// A sum of products: each is rounded, then they are added.
template <typename Real>
Approximate<Real> finish(const RowSums<Real>& sums, std::size_t column, double depth,
                         std::uint8_t marks, const Precision& precision) {
  const double size = sums.magnitude[column];
  const double products = precision.roundoff * size + depth * precision.underflow;
  return bounded_sum<Real>(
      {sums.value[column], size + products, sums.propagated[column] + products, depth, marks},
      precision);
}

template <typename Real>
void multiply_matrices(const Matrix<Real>& lhs, const Matrix<Real>& rhs, DType dtype,
                       Approximate<Real>* result) {
  const Precision precision = precision_of(dtype);
  const Planes<Real> left = planes_of(lhs, Side::left);
  const Planes<Real> right = planes_of(rhs, Side::right);
  const auto depth = static_cast<std::size_t>(lhs.columns);
  const auto columns = static_cast<std::size_t>(rhs.columns);
  RowSums<Real> sums{std::vector<Real>(columns), std::vector<double>(columns),
                     std::vector<double>(columns)};
  for (std::size_t row = 0; row < static_cast<std::size_t>(lhs.rows); ++row) {
    if (is_float(dtype)) sum_row(left, right, row, depth, sums);
    for (std::size_t column = 0; column < columns; ++column, ++result) {
      const std::uint8_t marks = left.marks[row] | right.marks[column];
      const double size = sums.magnitude[column];
      if (!is_float(dtype) || !std::isfinite(size)) {
        *result = dot(lhs.first + row * depth, rhs.first + column, lhs.columns, rhs.columns, dtype);
      } else if (left.all_integers[row] && right.all_integers[column] &&
                 size <= precision.exact_integers) {
        *result = {sums.value[column], 0, 0, marks};
      } else {
        *result = finish(sums, column, static_cast<double>(depth), marks, precision);
      }
      if (high_part(result->value) == 0) result->marks |= any_zero_sign;
    }
  }
}

/// The shape without its matrix axes.
Extents batch_of(const Extents& shape) {
  return shape.size() <= 2 ? Extents{} : Extents(shape.begin(), shape.end() - 2);
}

}  // namespace

template <typename Real>
Array<Real> matmul(const Array<Real>& lhs, const Array<Real>& rhs, DType dtype, Extents shape) {
  // A vector is a row on the left and a column on the right; its axis is not in the result.
  const std::size_t lhs_rank = lhs.shape.size();
  const std::size_t rhs_rank = rhs.shape.size();
  if (lhs_rank == 0 || rhs_rank == 0) bug("matmul of a scalar");
  const std::int64_t rows = lhs_rank == 1 ? 1 : lhs.shape[lhs_rank - 2];
  const std::int64_t depth = lhs.shape.back();
  const std::int64_t columns = rhs_rank == 1 ? 1 : rhs.shape.back();
  if (depth != (rhs_rank == 1 ? rhs.shape[0] : rhs.shape[rhs_rank - 2])) bug("inner sizes differ");

  const std::size_t matrix_axes = (lhs_rank > 1 ? 1 : 0) + (rhs_rank > 1 ? 1 : 0);
  const Extents batch(shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(matrix_axes));
  Array<Real> result{std::move(shape), {}};
  result.values.resize(static_cast<std::size_t>(count_of(result.shape)));
  if (depth == 0) return result;  // sums of nothing: zeros
  Walk walk(batch, {broadcast_strides(batch_of(lhs.shape), batch),
                    broadcast_strides(batch_of(rhs.shape), batch)});
  for (std::int64_t b = 0; b < count_of(batch); ++b, walk.advance()) {
    multiply_matrices<Real>({lhs.values.data() + walk.offset(0) * rows * depth, rows, depth},
                            {rhs.values.data() + walk.offset(1) * depth * columns, depth, columns},
                            dtype, result.values.data() + b * rows * columns);
  }
  return result;
}

template Array<double> matmul(const Array<double>&, const Array<double>&, DType, Extents);
template Array<DoubleDouble> matmul(const Array<DoubleDouble>&, const Array<DoubleDouble>&, DType,
                                    Extents);

}  // namespace tcc::reference

// Row-major arrays of approximate values, and walks over them.
#pragma once

#include <memory>
#include <vector>

#include <tcc/tensor.h>

#include "dsl/extent.h"
#include "frontend/reference_value.h"

namespace tcc::reference {

using Extents = std::vector<std::int64_t>;

std::int64_t count_of(const Extents& shape);

/// Strides of a row-major array.
Extents row_major(const Extents& shape);

/// The extents of a shape in this run; bug() where a size is missing or an extent negative.
Extents evaluate(const Shape& shape, const SizeValues& sizes);

/// For each axis of `result` the stride of `operand`, 0 where it is broadcast along it (NumPy's
/// rule: axes are matched from the last one).
Extents broadcast_strides(const Extents& operand, const Extents& result);

template <typename Real> struct Array {
  Extents shape;
  std::vector<Approximate<Real>> values;
};
template <typename Real> using ArrayHandle = std::shared_ptr<const Array<Real>>;

/// The elements of a tensor of any strides; they are certain.
template <typename Real> Array<Real> read_tensor(const Tensor& tensor);

/// Walks all points of a shape in row-major order, with one offset for each set of strides.
class Walk {
 public:
  Walk(Extents shape, std::vector<Extents> strides);

  std::int64_t offset(std::size_t operand) const { return offsets_[operand]; }
  /// To the next point; at the last one back to the first.
  void advance();

 private:
  Extents shape_;
  std::vector<Extents> strides_;
  Extents point_;
  Extents offsets_;
};

}  // namespace tcc::reference

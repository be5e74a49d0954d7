// Matrix products of approximate values.
#pragma once

#include "frontend/reference_array.h"

namespace tcc::reference {

/// NumPy's matmul, batch dimensions included; `shape` is the result's. Bounds are those of a sum
/// of products, in any order and fused or not.
template <typename Real>
Array<Real> matmul(const Array<Real>& lhs, const Array<Real>& rhs, DType dtype, Extents shape);

}  // namespace tcc::reference

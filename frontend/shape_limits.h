// What every tensor of a program must keep to.
#pragma once

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "dsl/extent.h"

namespace tcc {

/// Of axes of a tensor, and of index variables around an expression (10.3): each is a loop, and
/// what walks loops recurses.
inline constexpr std::size_t max_axes = 256;

/// Reports extents that are surely negative or overflow, tensors over 2^62 bytes or of more than
/// max_axes (10.3).
bool check_shape(DType dtype, const Shape& shape, Span span, Diagnostics& diagnostics);

}  // namespace tcc

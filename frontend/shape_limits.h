// What every tensor of a program must keep to.
#pragma once

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "dsl/extent.h"

namespace tcc {

/// Reports extents that are surely negative or overflow, and tensors over 2^62 bytes (10.3).
bool check_shape(DType dtype, const Shape& shape, Span span, Diagnostics& diagnostics);

}  // namespace tcc

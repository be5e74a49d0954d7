// Types as the language writes them.
#pragma once

#include <string>

#include <tcc/dtype.h>

#include "dsl/extent.h"

namespace tcc {

/// "f32[M, 3]"; "f32" for a scalar.
std::string type_text(DType dtype, const Shape& shape);

}  // namespace tcc

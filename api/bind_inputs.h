// From the tensors of a call to the sizes of a run.
#pragma once

#include <span>

#include <tcc/tensor.h>

#include "dsl/type_text.h"
#include "frontend/checked.h"

namespace tcc {

/// "f32[2, 3]".
std::string type_text(const Tensor& tensor);

/// Checks number, element types, ranks and extents of `inputs` against the program, and that
/// every condition which could not be decided when compiling holds. Returns the value of each
/// size name; usable only without errors.
/// Errors: `missing-input`, `dtype-mismatch`, `rank-mismatch`, `size-mismatch`, `out-of-bounds`,
/// `empty-reduction`, `limit`.
SizeValues bind_inputs(const checked::Signature& signature, std::span<const Tensor> inputs,
                       Diagnostics& diagnostics);

/// The extents of a tensor of the program in a run; reported as `limit` where they overflow.
std::vector<std::int64_t> concrete_shape(const checked::Tensor& tensor, const SizeValues& sizes,
                                         Diagnostics& diagnostics);

}  // namespace tcc

// Memory for a tensor of a program, or an error that names it.
#pragma once

#include <string>
#include <vector>

#include <tcc/tensor.h>

namespace tcc {

/// As Tensor::empty(), but what is more than the machine has available is not asked for: a system
/// may promise it, and end the process later. Throws Error (environment) with the tensor's name,
/// what it takes and what there is.
Tensor new_tensor(const std::string& name, DType dtype, const std::vector<std::int64_t>& shape);

}  // namespace tcc

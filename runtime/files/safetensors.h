// Tensors in .safetensors files: eight bytes of length, a JSON object that says for each name its
// type, shape and place, and the memory (github.com/huggingface/safetensors, README).
#pragma once

#include <string>

#include <tcc/tensor.h>
#include <tl/expected.hpp>

namespace tcc {

/// Reads one tensor. The header is read with distrust, all of it: names once each, sizes that
/// follow from type and shape, places that fill the file without gap or overlap.
/// Errors: environment where there is no such file or no memory; program where it is malformed,
/// or the tensor is not in it or of a type that tcc lacks.
[[nodiscard]] tl::expected<Tensor, Error> read_safetensors(const std::string& path,
                                                           const std::string& tensor);

}  // namespace tcc

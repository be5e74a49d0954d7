// Arrays as text, as NumPy prints them.
#pragma once

#include <string>

#include <tcc/tensor.h>

namespace tcc {

/// What NumPy's str() gives: lines of at most 75 characters, and of more than 1000 elements only
/// the first and last three along each axis. Without a newline at the end. NumPy has no bf16: it is
/// printed by the rules of f32, with digits enough to tell it from its own neighbours.
std::string print_tensor(const Tensor& tensor);

}  // namespace tcc

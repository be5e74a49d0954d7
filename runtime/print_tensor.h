// Arrays as text, as NumPy prints them.
#pragma once

#include <string>

#include <tcc/tensor.h>

namespace tcc {

/// What NumPy's str() gives: lines of at most 75 characters, and of more than 1000 elements only
/// the first and last three along each axis. Without a newline at the end.
/// bug() for f16 and bf16, which no program of this version computes.
std::string print_tensor(const Tensor& tensor);

}  // namespace tcc

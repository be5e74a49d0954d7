// Arrays in NumPy's .npy files.
#pragma once

#include <string>

#include <tcc/tensor.h>
#include <tl/expected.hpp>

namespace tcc {

/// Reads an array of any element type that tcc and NumPy share, in either byte order. One in
/// Fortran order comes as a strided tensor. The file is read with distrust: its header is checked
/// against its length before memory is asked for.
/// Errors: environment where there is no such file or no memory; program where it is malformed.
[[nodiscard]] tl::expected<Tensor, Error> read_npy(const std::string& path);

/// Writes version 1.0, row-major, in the machine's byte order; replaces a file as a whole.
/// Errors: environment; program for bf16 and for more than 64 axes, which NumPy lacks.
[[nodiscard]] tl::expected<void, Error> write_npy(const std::string& path, const Tensor& tensor);

}  // namespace tcc

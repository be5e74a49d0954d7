// Pictures: a u8[H, W, 3] as a binary PPM file (netpbm's P6), red, green and blue of each pixel.
#pragma once

#include <string>

#include <tcc/tensor.h>
#include <tl/expected.hpp>

namespace tcc {

/// Why a tensor of this type is no picture, and what to do; empty where it is one.
std::string fault_of_picture(const Tensor& tensor);

/// Replaces a file as a whole. Errors: environment; program for what is no picture.
[[nodiscard]] tl::expected<void, Error> write_ppm(const std::string& path, const Tensor& tensor);

}  // namespace tcc

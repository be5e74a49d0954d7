// For tests: results compared bit for bit.
#pragma once

#include <cstring>

#include <tcc/tensor.h>

namespace tcc::tests {

/// Of contiguous tensors.
inline bool same_bits(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() &&
         std::memcmp(a.raw_data(), b.raw_data(),
                     static_cast<std::size_t>(a.element_count()) * size_in_bytes(a.dtype())) == 0;
}

}  // namespace tcc::tests

// The memory behind tensors, and whether it is shared.
#pragma once

#include <tcc/tensor.h>

namespace tcc {

/// Bytes [begin, end).
struct MemoryRange {
  const char* begin;
  const char* end;

  bool empty() const { return begin == end; }
};

/// The bytes that a tensor's elements span.
MemoryRange memory_of(const Tensor& tensor);

/// Whether two ranges have a byte in common.
inline bool overlap(const MemoryRange& a, const MemoryRange& b) {
  return a.begin < b.end && b.begin < a.end && !a.empty() && !b.empty();
}

}  // namespace tcc

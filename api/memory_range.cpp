// The memory behind tensors.
#include "api/memory_range.h"

namespace tcc {

MemoryRange memory_of(const Tensor& tensor) {
  const auto bytes = static_cast<std::int64_t>(size_in_bytes(tensor.dtype()));
  const char* data = static_cast<const char*>(tensor.raw_data());
  std::int64_t lowest = 0;
  std::int64_t highest = tensor.element_count() == 0 ? 0 : bytes;
  for (std::size_t axis = 0; highest > 0 && axis < tensor.shape().size(); ++axis) {
    const std::int64_t reach = (tensor.shape()[axis] - 1) * tensor.strides()[axis] * bytes;
    (reach < 0 ? lowest : highest) += reach;
  }
  return {data + lowest, data + highest};
}

}  // namespace tcc

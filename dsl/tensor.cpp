// The public Tensor: memory, strides, copies.
#include <tcc/tensor.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tcc {

namespace {

using Extents = std::vector<std::int64_t>;

constexpr std::align_val_t alignment{64};
constexpr std::int64_t max_bytes = std::int64_t{1} << 62;

std::string text_of(const Extents& extents) {
  return fmt::format("[{}]", fmt::join(extents, ", "));
}

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCategory::program, why); }

/// The product of the extents. Throws Error (program) for a negative one, and where the elements
/// take more than 2^62 bytes.
std::int64_t checked_count(DType dtype, const Extents& shape) {
  for (const std::int64_t extent : shape) {
    if (extent < 0) refuse(fmt::format("the shape {} has a negative extent", text_of(shape)));
  }
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  const auto limit = max_bytes / static_cast<std::int64_t>(size_in_bytes(dtype));
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent > limit / count) {
      refuse(fmt::format("a tensor {}{} is over 2^62 bytes", name_of(dtype), text_of(shape)));
    }
    count *= extent;
  }
  return count;
}

/// Strides of memory without gaps. Where there are no elements, extents may be so large that their
/// product overflows: the strides stop growing then.
Extents row_major(const Extents& shape) {
  Extents strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    strides[axis] = stride;
    std::int64_t next = 0;
    if (!__builtin_mul_overflow(stride, shape[axis], &next)) stride = next;
  }
  return strides;
}

std::shared_ptr<void> allocate(std::size_t bytes) {
  // Even no elements have an address, so that code may align it and compare it.
  void* memory = ::operator new(std::max<std::size_t>(bytes, 1), alignment, std::nothrow);
  if (memory == nullptr) {
    throw Error(ErrorCategory::environment,
                fmt::format("there is not enough memory for a tensor of {} bytes", bytes));
  }
  return {memory, [](void* owned) { ::operator delete(owned, alignment); }};
}

/// Copies `count` elements of `Size` bytes that lie `stride` elements apart.
template <std::size_t Size>
void gather(char* to, const char* from, std::int64_t count, std::int64_t stride) {
  const std::int64_t step = stride * static_cast<std::int64_t>(Size);
  for (std::int64_t i = 0; i < count; ++i, to += Size)
    std::memcpy(to, from + i * step, Size);
}

void gather_row(std::size_t size, char* to, const char* from, std::int64_t count,
                std::int64_t stride) {
  switch (size) {
    case 1: return gather<1>(to, from, count, stride);
    case 2: return gather<2>(to, from, count, stride);
    case 4: return gather<4>(to, from, count, stride);
    default: return gather<8>(to, from, count, stride);
  }
}

/// Zeros, without an allocation where there are few.
class Counters {
 public:
  explicit Counters(std::size_t count) {
    if (count > few_.size()) many_.resize(count);
  }
  std::int64_t& operator[](std::size_t i) { return many_.empty() ? few_[i] : many_[i]; }

 private:
  std::array<std::int64_t, 16> few_ = {};
  Extents many_;
};

/// Copies all elements, row by row, into memory without gaps. There is at least one element, and
/// one axis.
void copy_elements(const Tensor& from, char* to) {
  const Extents& shape = from.shape();
  const Extents& strides = from.strides();
  const std::size_t size = size_in_bytes(from.dtype());
  const std::size_t outer = shape.size() - 1;
  Counters position(outer);
  std::int64_t offset = 0;
  for (;;) {
    const char* row =
        static_cast<const char*>(from.raw_data()) + offset * static_cast<std::int64_t>(size);
    gather_row(size, to, row, shape[outer], strides[outer]);
    to += shape[outer] * static_cast<std::int64_t>(size);
    std::size_t axis = outer;
    while (axis > 0 && position[axis - 1] == shape[axis - 1] - 1) {
      --axis;
      offset -= position[axis] * strides[axis];
      position[axis] = 0;
    }
    if (axis == 0) return;
    ++position[axis - 1];
    offset += strides[axis - 1];
  }
}

}  // namespace

Tensor Tensor::empty(DType dtype, std::vector<std::int64_t> shape) {
  const std::int64_t count = checked_count(dtype, shape);
  auto memory = allocate(static_cast<std::size_t>(count) * size_in_bytes(dtype));
  Extents strides = row_major(shape);
  return strided(dtype, memory.get(), std::move(shape), std::move(strides), memory);
}

Tensor Tensor::zeros(DType dtype, std::vector<std::int64_t> shape) {
  Tensor tensor = empty(dtype, std::move(shape));
  const auto count = static_cast<std::size_t>(tensor.element_count());
  std::memset(tensor.data_, 0, count * size_in_bytes(dtype));
  return tensor;
}

Tensor Tensor::view(DType dtype, void* data, std::int64_t count, std::vector<std::int64_t> shape) {
  const std::int64_t wanted = checked_count(dtype, shape);
  if (wanted != count) {
    refuse(fmt::format("the shape {} has {} elements, but {} are given", text_of(shape), wanted,
                       count));
  }
  Extents strides = row_major(shape);
  return strided(dtype, data, std::move(shape), std::move(strides));
}

Tensor Tensor::strided(DType dtype, void* data, std::vector<std::int64_t> shape,
                       std::vector<std::int64_t> strides, std::shared_ptr<void> owner) {
  checked_count(dtype, shape);
  if (shape.size() != strides.size()) {
    refuse(fmt::format("{} extents, but {} strides", shape.size(), strides.size()));
  }
  Tensor tensor;
  tensor.dtype_ = dtype;
  tensor.defined_ = true;
  tensor.shape_ = std::move(shape);
  tensor.strides_ = std::move(strides);
  tensor.data_ = data;
  tensor.owner_ = std::move(owner);
  return tensor;
}

std::int64_t Tensor::element_count() const noexcept {
  if (!defined_ || std::find(shape_.begin(), shape_.end(), 0) != shape_.end()) return 0;
  std::int64_t count = 1;
  for (const std::int64_t extent : shape_)
    count *= extent;
  return count;
}

bool Tensor::is_contiguous() const noexcept {
  if (element_count() == 0) return true;
  std::int64_t stride = 1;
  for (std::size_t axis = shape_.size(); axis-- > 0;) {
    if (shape_[axis] != 1 && strides_[axis] != stride) return false;
    stride *= shape_[axis];
  }
  return true;
}

Tensor Tensor::contiguous() const {
  if (is_contiguous()) return *this;
  Tensor copy = empty(dtype_, shape_);
  copy_elements(*this, static_cast<char*>(copy.data_));
  return copy;
}

void Tensor::copy_to(void* memory) const {
  const auto count = static_cast<std::size_t>(element_count());
  if (count == 0) return;
  if (is_contiguous())
    std::memcpy(memory, data_, count * size_in_bytes(dtype_));
  else
    copy_elements(*this, static_cast<char*>(memory));
}

void Tensor::require_dtype(DType wanted) const {
  if (!defined_) refuse("an undefined tensor has no elements");
  if (dtype_ == wanted) return;
  refuse(fmt::format("the tensor's elements are {}, not {}", name_of(dtype_), name_of(wanted)));
}

void Tensor::require_contiguous() const {
  if (is_contiguous()) return;
  refuse(fmt::format("the tensor of shape {} and strides {} is not contiguous", text_of(shape_),
                     text_of(strides_)));
}

}  // namespace tcc

// An n-dimensional array on the host: the caller's memory, or its own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <tcc/dtype.h>
#include <tcc/error.h>
#include <tcc/export.h>

namespace tcc {

/// A typed, strided array. Copies share the memory. One object may be read by many threads, or
/// changed by one.
///
/// Element [i, j, ..] lies at `data + i * strides[0] + j * strides[1] + ..`; strides are counted
/// in elements and may be zero or negative. A tensor of rank 0 has one element.
class TCC_API Tensor {
 public:
  Tensor() = default;  ///< no tensor: `defined()` is false

  /// New memory, aligned to 64 bytes, contents undefined. Throws Error (environment) when there
  /// is not enough memory, Error (program) when an extent is negative or the size overflows.
  static Tensor empty(DType dtype, std::vector<std::int64_t> shape);

  /// New memory filled with zero bytes; errors as `empty`.
  static Tensor zeros(DType dtype, std::vector<std::int64_t> shape);

  /// The caller's memory, row-major, not copied: it must outlive the tensor.
  /// Throws Error (program) when `shape` does not hold exactly `count` elements.
  static Tensor view(DType dtype, void* data, std::int64_t count, std::vector<std::int64_t> shape);

  template <typename T>
  static Tensor view(std::vector<T>& values, std::vector<std::int64_t> shape) {
    return view(DTypeOf<T>::value, values.data(), static_cast<std::int64_t>(values.size()),
                std::move(shape));
  }

  /// The caller's memory with explicit strides, in elements. `owner` is kept alive by the tensor.
  /// Throws Error (program) for a negative extent, and unless there is a stride for each extent.
  static Tensor strided(DType dtype, void* data, std::vector<std::int64_t> shape,
                        std::vector<std::int64_t> strides, std::shared_ptr<void> owner = nullptr);

  bool defined() const noexcept { return defined_; }
  DType dtype() const noexcept { return dtype_; }
  std::int64_t rank() const noexcept { return static_cast<std::int64_t>(shape_.size()); }
  const std::vector<std::int64_t>& shape() const noexcept { return shape_; }
  const std::vector<std::int64_t>& strides() const noexcept { return strides_; }
  std::int64_t element_count() const noexcept;  ///< 0 for no tensor
  bool is_contiguous() const noexcept;          ///< row-major without gaps

  /// This tensor where it is contiguous, a contiguous copy otherwise.
  Tensor contiguous() const;

  /// Writes all elements, row-major without gaps, to memory that is none of the tensor's own.
  void copy_to(void* memory) const;

  void* raw_data() const noexcept { return data_; }

  /// The first element. Throws Error (program) when the element type is another.
  template <typename T> T* data() const {
    require_dtype(DTypeOf<T>::value);
    return static_cast<T*>(data_);
  }

  /// The elements of a contiguous tensor. Throws as `data`, and when it is not contiguous.
  template <typename T> std::span<T> values() const {
    T* first = data<T>();
    require_contiguous();
    return {first, static_cast<std::size_t>(element_count())};
  }

 private:
  void require_dtype(DType wanted) const;
  void require_contiguous() const;

  DType dtype_ = DType::f32;
  bool defined_ = false;
  std::vector<std::int64_t> shape_;
  std::vector<std::int64_t> strides_;
  void* data_ = nullptr;
  std::shared_ptr<void> owner_;
};

}  // namespace tcc

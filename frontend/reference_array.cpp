// Row-major arrays of approximate values, and walks over them.
#include "frontend/reference_array.h"

#include <cstring>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/narrow_float.h"

namespace tcc::reference {

namespace {

template <typename Stored> Stored load(const void* memory) {
  Stored value;
  std::memcpy(&value, memory, sizeof value);
  return value;
}

template <typename Real> Approximate<Real> read_element(DType dtype, const void* memory) {
  switch (dtype) {
    case DType::boolean: return whole<Real>(load<std::uint8_t>(memory) != 0 ? 1 : 0);
    case DType::i8: return whole<Real>(load<std::int8_t>(memory));
    case DType::i16: return whole<Real>(load<std::int16_t>(memory));
    case DType::i32: return whole<Real>(load<std::int32_t>(memory));
    case DType::i64: return whole<Real>(load<std::int64_t>(memory));
    case DType::u8: return whole<Real>(load<std::uint8_t>(memory));
    case DType::u16: return whole<Real>(load<std::uint16_t>(memory));
    case DType::u32: return whole<Real>(load<std::uint32_t>(memory));
    case DType::u64: return whole<Real>(static_cast<std::int64_t>(load<std::uint64_t>(memory)));
    case DType::f32: return exactly<Real>(static_cast<double>(load<float>(memory)));
    case DType::f64: return exactly<Real>(load<double>(memory));
    case DType::f16:
    case DType::bf16: return exactly<Real>(number_of(load<std::uint16_t>(memory), dtype));
  }
  bug(fmt::format("no element type {}", static_cast<int>(dtype)));
}

}  // namespace

std::int64_t count_of(const Extents& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape)
    count *= extent;
  return count;
}

Extents row_major(const Extents& shape) {
  Extents strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

Extents evaluate(const Shape& shape, const SizeValues& sizes) {
  Extents extents;
  for (const Extent& extent : shape) {
    const auto value = extent.evaluate(sizes);
    if (!value || *value < 0) bug(fmt::format("extent '{}' is no size here", extent.to_string()));
    extents.push_back(*value);
  }
  return extents;
}

Extents broadcast_strides(const Extents& operand, const Extents& result) {
  const std::size_t new_axes = result.size() - operand.size();
  const Extents strides = row_major(operand);
  Extents broadcast(result.size(), 0);
  for (std::size_t axis = 0; axis < operand.size(); ++axis) {
    const bool repeats = operand[axis] == 1;
    if (!repeats && operand[axis] != result[new_axes + axis]) bug("operands do not broadcast");
    if (!repeats) broadcast[new_axes + axis] = strides[axis];
  }
  return broadcast;
}

template <typename Real> Array<Real> read_tensor(const Tensor& tensor) {
  Array<Real> array{tensor.shape(), {}};
  const std::int64_t count = count_of(array.shape);
  array.values.reserve(static_cast<std::size_t>(count));
  const auto bytes = static_cast<std::int64_t>(size_in_bytes(tensor.dtype()));
  const auto* memory = static_cast<const std::byte*>(tensor.raw_data());
  Walk walk(array.shape, {tensor.strides()});
  for (std::int64_t e = 0; e < count; ++e, walk.advance()) {
    array.values.push_back(read_element<Real>(tensor.dtype(), memory + walk.offset(0) * bytes));
  }
  return array;
}

template Array<double> read_tensor(const Tensor& tensor);
template Array<DoubleDouble> read_tensor(const Tensor& tensor);

Walk::Walk(Extents shape, std::vector<Extents> strides)
    : shape_(std::move(shape)),
      strides_(std::move(strides)),
      point_(shape_.size(), 0),
      offsets_(strides_.size(), 0) {}

void Walk::advance() {
  for (std::size_t axis = shape_.size(); axis-- > 0;) {
    const bool wraps = ++point_[axis] == shape_[axis];
    const std::int64_t steps = wraps ? 1 - shape_[axis] : 1;
    for (std::size_t operand = 0; operand < offsets_.size(); ++operand) {
      offsets_[operand] += steps * strides_[operand][axis];
    }
    if (!wraps) return;
    point_[axis] = 0;
  }
}

}  // namespace tcc::reference

// Element types of tensors (language section 2.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <tcc/export.h>

namespace tcc {

/// An element type. `boolean` is stored as one byte, 0 or 1.
enum class DType : std::uint8_t {
  boolean,
  i8,
  i16,
  i32,
  i64,
  u8,
  u16,
  u32,
  u64,
  f16,
  bf16,
  f32,
  f64,
};

/// The name in the language: "f32", "bool".
TCC_API std::string_view name_of(DType dtype);

/// Bytes of one element in memory.
TCC_API std::size_t size_in_bytes(DType dtype);

/// The DType that a C++ type is stored as.
template <typename T> struct DTypeOf;
template <> struct DTypeOf<bool> {
  static constexpr DType value = DType::boolean;
};
template <> struct DTypeOf<std::int8_t> {
  static constexpr DType value = DType::i8;
};
template <> struct DTypeOf<std::int16_t> {
  static constexpr DType value = DType::i16;
};
template <> struct DTypeOf<std::int32_t> {
  static constexpr DType value = DType::i32;
};
template <> struct DTypeOf<std::int64_t> {
  static constexpr DType value = DType::i64;
};
template <> struct DTypeOf<std::uint8_t> {
  static constexpr DType value = DType::u8;
};
template <> struct DTypeOf<std::uint16_t> {
  static constexpr DType value = DType::u16;
};
template <> struct DTypeOf<std::uint32_t> {
  static constexpr DType value = DType::u32;
};
template <> struct DTypeOf<std::uint64_t> {
  static constexpr DType value = DType::u64;
};
template <> struct DTypeOf<float> {
  static constexpr DType value = DType::f32;
};
template <> struct DTypeOf<double> {
  static constexpr DType value = DType::f64;
};

}  // namespace tcc

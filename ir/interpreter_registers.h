// Lanes in 64-bit registers as values of their C++ types: for the handlers of the interpreter
// alone.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/narrow_float.h"
#include "ir/interpreter_operations.h"

namespace tcc::ir {

using Registers = std::uint64_t*;

// f16 and bf16 are computed with as float, and rounded after each operation: that of p bits from
// 2p + 2 or more is rounded right for + - * / and sqrt (Figueroa 1995).
template <DType Type> struct NarrowFloat {
  std::uint16_t bits;
  static NarrowFloat nearest(double number) { return {narrow_bits(number, Type)}; }
  float widened() const { return static_cast<float>(number_of(bits, Type)); }
};
using Half = NarrowFloat<DType::f16>;
using BFloat = NarrowFloat<DType::bf16>;
template <typename T>
constexpr bool is_narrow = std::is_same_v<T, Half> || std::is_same_v<T, BFloat>;

template <typename T> T get(std::uint64_t bits) {
  if constexpr (is_narrow<T>) {
    return {static_cast<std::uint16_t>(bits)};
  } else if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(bits);
  } else {
    return static_cast<T>(bits);
  }
}

template <typename T> std::uint64_t put(T value) {
  if constexpr (is_narrow<T>) {
    return value.bits;
  } else if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<std::uint32_t>(value);
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<std::uint64_t>(value);
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  } else {
    return value;
  }
}

template <typename T> constexpr bool is_bool = std::is_same_v<T, bool>;
template <typename T> constexpr bool is_real = std::is_floating_point_v<T>;
template <typename T> constexpr bool is_whole = std::is_integral_v<T> && !is_bool<T>;

/// f.operator()<T>() for the C++ type of a dtype.
template <typename F> auto with_type(DType dtype, F f) {
  switch (dtype) {
    case DType::boolean: return f.template operator()<bool>();
    case DType::i8: return f.template operator()<std::int8_t>();
    case DType::i16: return f.template operator()<std::int16_t>();
    case DType::i32: return f.template operator()<std::int32_t>();
    case DType::i64: return f.template operator()<std::int64_t>();
    case DType::u8: return f.template operator()<std::uint8_t>();
    case DType::u16: return f.template operator()<std::uint16_t>();
    case DType::u32: return f.template operator()<std::uint32_t>();
    case DType::u64: return f.template operator()<std::uint64_t>();
    case DType::f32: return f.template operator()<float>();
    case DType::f64: return f.template operator()<double>();
    case DType::f16: return f.template operator()<Half>();
    case DType::bf16: return f.template operator()<BFloat>();
  }
  bug(fmt::format("no element type {}", static_cast<int>(dtype)));
}

}  // namespace tcc::ir

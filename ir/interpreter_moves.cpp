// What moves lanes: casts, choices, vectors, memory, literals.
#include <cmath>
#include <cstring>
#include <limits>

#include "ir/interpreter_registers.h"

namespace tcc::ir {
namespace {

/// Float to integer truncates and saturates; NaN is 0. Any other number to bool asks for zero.
template <typename From, typename To> To convert(From value) {
  if constexpr (is_narrow<From>) {
    return convert<float, To>(value.widened());
  } else if constexpr (is_narrow<To>) {
    if constexpr (is_whole<From> && sizeof(From) == 8) return To::nearest(jammed(value));
    return To::nearest(static_cast<double>(value));
  } else if constexpr (is_bool<To>) {
    return value != From{0};
  } else if constexpr (is_real<From> && is_whole<To>) {
    using Limits = std::numeric_limits<To>;
    if (std::isnan(value)) return 0;
    const From whole = std::trunc(value);
    // Both limits are powers of two: the first value too large is max + 1.
    const From above = std::ldexp(From{1}, Limits::digits);
    if (whole >= above) return Limits::max();
    if (whole < (std::is_signed_v<To> ? -above : From{0})) return Limits::min();
    return static_cast<To>(whole);
  } else {
    return static_cast<To>(value);
  }
}

template <typename From, typename To> void run_cast(const Instruction& i, Registers r) {
  for (std::uint32_t l = 0; l < i.lanes; ++l) {
    r[i.result + l] = put(convert<From, To>(get<From>(r[i.a + l])));
  }
}

}  // namespace

Handler cast_handler(DType from, DType to) {
  return with_type(from, [to]<typename From>() {
    return with_type(to, []<typename To>() -> Handler { return &run_cast<From, To>; });
  });
}

Handler select_handler() {
  return [](const Instruction& i, Registers r) {
    for (std::uint32_t l = 0; l < i.lanes; ++l) {
      r[i.result + l] = r[i.a + l] != 0 ? r[i.b + l] : r[i.c + l];
    }
  };
}

Handler ramp_handler(DType dtype) {
  return with_type(dtype, []<typename T>() -> Handler {
    return [](const Instruction& i, Registers r) {
      for (std::uint32_t l = 0; l < i.lanes; ++l) {
        r[i.result + l] = put(convert<std::uint64_t, T>(r[i.a] + l * r[i.b]));
      }
    };
  });
}

Handler broadcast_handler() {
  return [](const Instruction& i, Registers r) {
    for (std::uint32_t l = 0; l < i.lanes; ++l)
      r[i.result + l] = r[i.a];
  };
}

Handler copy_handler() {
  return [](const Instruction& i, Registers r) { r[i.result] = r[i.a]; };
}

ReadElement read_element(DType dtype) {
  return with_type(dtype, []<typename T>() -> ReadElement {
    return [](const std::byte* memory) {
      if constexpr (is_bool<T>) return std::uint64_t{*memory != std::byte{0}};
      T value;
      std::memcpy(&value, memory, sizeof value);
      return put(value);
    };
  });
}

WriteElement write_element(DType dtype) {
  return with_type(dtype, []<typename T>() -> WriteElement {
    return [](std::byte* memory, std::uint64_t bits) {
      const T value = get<T>(bits);
      std::memcpy(memory, &value, sizeof value);
    };
  });
}

std::uint64_t literal_bits(const ExprNode& node) {
  return with_type(node.type.dtype, [&node]<typename T>() {
    if (const auto* whole = std::get_if<IntImm>(&node.value)) {
      return put(convert<std::int64_t, T>(whole->value));
    }
    return put(convert<double, T>(std::get<FloatImm>(node.value).value));
  });
}

}  // namespace tcc::ir

// The operators, each written once and instantiated for the types that it takes.
#include "ir/interpreter_operations.h"

#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/narrow_float.h"
#include "ir/math/coefficients.h"

namespace tcc::ir {
namespace {

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

// Integers wrap: their arithmetic is done in 64 unsigned bits and cut.
template <typename T> std::uint64_t bits_of(T value) { return put(value); }

struct Add {
  template <typename T> static constexpr bool takes = !is_bool<T>;
  template <typename T> static T apply(T a, T b) {
    if constexpr (is_real<T>)
      return a + b;
    else
      return static_cast<T>(bits_of(a) + bits_of(b));
  }
};
struct Subtract {
  template <typename T> static constexpr bool takes = !is_bool<T>;
  template <typename T> static T apply(T a, T b) {
    if constexpr (is_real<T>)
      return a - b;
    else
      return static_cast<T>(bits_of(a) - bits_of(b));
  }
};
struct Multiply {
  template <typename T> static constexpr bool takes = !is_bool<T>;
  template <typename T> static T apply(T a, T b) {
    if constexpr (is_real<T>)
      return a * b;
    else
      return static_cast<T>(bits_of(a) * bits_of(b));
  }
};
struct Divide {
  template <typename T> static constexpr bool takes = is_real<T>;
  template <typename T> static T apply(T a, T b) { return a / b; }
};
struct FloorDivide {
  template <typename T> static constexpr bool takes = is_whole<T>;
  template <typename T> static T apply(T a, T b) {
    if (b == 0) return 0;
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) return Subtract::apply<T>(0, a);  // the quotient of the smallest value wraps
      const T quotient = static_cast<T>(a / b);
      return static_cast<T>(quotient - (a % b != 0 && (a < 0) != (b < 0)));
    } else {
      return static_cast<T>(a / b);
    }
  }
};
struct Modulo {
  template <typename T> static constexpr bool takes = is_whole<T>;
  template <typename T> static T apply(T a, T b) {
    if (b == 0) return 0;
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) return 0;
      const T rest = static_cast<T>(a % b);
      return static_cast<T>(rest + (rest != 0 && (rest < 0) != (b < 0) ? b : T{0}));
    } else {
      return static_cast<T>(a % b);
    }
  }
};

// IEEE 754-2019 minimum and maximum: NaN if an operand is NaN, and -0 < +0.
struct Minimum {
  template <typename T> static constexpr bool takes = !is_bool<T>;
  template <typename T> static T apply(T a, T b) {
    if constexpr (is_real<T>) {
      if (std::isnan(a) || std::isnan(b)) return a + b;
      if (a == b) return std::signbit(a) ? a : b;
    }
    return a < b ? a : b;
  }
};
struct Maximum {
  template <typename T> static constexpr bool takes = !is_bool<T>;
  template <typename T> static T apply(T a, T b) {
    if constexpr (is_real<T>) {
      if (std::isnan(a) || std::isnan(b)) return a + b;
      if (a == b) return std::signbit(a) ? b : a;
    }
    return a > b ? a : b;
  }
};

template <typename Compare> struct Comparison {
  template <typename T> static constexpr bool takes = true;
  template <typename T> static bool apply(T a, T b) { return Compare::holds(a, b); }
};
struct Equal {
  template <typename T> static bool holds(T a, T b) { return a == b; }
};
struct NotEqual {
  template <typename T> static bool holds(T a, T b) { return a != b; }
};
struct Less {
  template <typename T> static bool holds(T a, T b) { return a < b; }
};
struct LessEqual {
  template <typename T> static bool holds(T a, T b) { return a <= b; }
};
struct Greater {
  template <typename T> static bool holds(T a, T b) { return a > b; }
};
struct GreaterEqual {
  template <typename T> static bool holds(T a, T b) { return a >= b; }
};

struct Or {
  template <typename T> static constexpr bool takes = is_bool<T>;
  template <typename T> static T apply(T a, T b) { return a || b; }
};
struct And {
  template <typename T> static constexpr bool takes = is_bool<T>;
  template <typename T> static T apply(T a, T b) { return a && b; }
};
struct Not {
  template <typename T> static constexpr bool takes = is_bool<T>;
  template <typename T> static T apply(T a) { return !a; }
};
struct Negate {
  template <typename T> static constexpr bool takes = !is_bool<T>;
  template <typename T> static T apply(T a) {
    if constexpr (is_real<T>)
      return -a;
    else
      return Subtract::apply<T>(0, a);
  }
};
struct Absolute {
  template <typename T> static constexpr bool takes = !is_bool<T>;
  template <typename T> static T apply(T a) {
    if constexpr (is_real<T>)
      return std::fabs(a);
    else
      return a < T{0} ? Negate::apply(a) : a;
  }
};
struct SquareRoot {
  template <typename T> static constexpr bool takes = is_real<T>;
  template <typename T> static T apply(T a) { return std::sqrt(a); }
};
struct Relu {
  template <typename T> static constexpr bool takes = !is_bool<T>;
  template <typename T> static T apply(T a) { return Maximum::apply<T>(a, T{0}); }
};
struct Fma {
  template <typename T> static constexpr bool takes = is_real<T>;
  template <typename T> static T apply(T a, T b, T c) { return std::fma(a, b, c); }
};

struct BitOr {
  template <typename T> static constexpr bool takes = !is_real<T>;
  template <typename T> static T apply(T a, T b) { return static_cast<T>(a | b); }
};
struct BitXor {
  template <typename T> static constexpr bool takes = !is_real<T>;
  template <typename T> static T apply(T a, T b) { return static_cast<T>(a ^ b); }
};
struct BitAnd {
  template <typename T> static constexpr bool takes = !is_real<T>;
  template <typename T> static T apply(T a, T b) { return static_cast<T>(a & b); }
};
struct BitNot {
  template <typename T> static constexpr bool takes = !is_real<T>;
  template <typename T> static T apply(T a) {
    if constexpr (is_bool<T>)
      return !a;
    else
      return static_cast<T>(~a);
  }
};
/// The amount of a shift, modulo the width.
template <typename T> int shift_amount(T amount) {
  return static_cast<int>(bits_of(amount) & (8 * sizeof(T) - 1));
}
struct ShiftLeft {
  template <typename T> static constexpr bool takes = is_whole<T>;
  template <typename T> static T apply(T a, T b) {
    return static_cast<T>(bits_of(a) << shift_amount(b));
  }
};
struct ShiftRight {
  template <typename T> static constexpr bool takes = is_whole<T>;
  template <typename T> static T apply(T a, T b) { return static_cast<T>(a >> shift_amount(b)); }
};

struct Floor {
  template <typename T> static constexpr bool takes = is_real<T>;
  template <typename T> static T apply(T a) { return std::floor(a); }
};
struct Ceil {
  template <typename T> static constexpr bool takes = is_real<T>;
  template <typename T> static T apply(T a) { return std::ceil(a); }
};
struct Round {
  template <typename T> static constexpr bool takes = is_real<T>;
  template <typename T> static T apply(T a) { return std::nearbyint(a); }  // half to even
};
struct Trunc {
  template <typename T> static constexpr bool takes = is_real<T>;
  template <typename T> static T apply(T a) { return std::trunc(a); }
};

struct FloatBits {
  template <typename T> static constexpr bool takes = is_real<T>;
  template <typename T> static auto apply(T a) {
    if constexpr (std::is_same_v<T, float>)
      return std::bit_cast<std::int32_t>(a);
    else
      return std::bit_cast<std::int64_t>(a);
  }
};
struct FloatFromBits {
  template <typename T>
  static constexpr bool takes = std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t>;
  template <typename T> static auto apply(T a) {
    if constexpr (std::is_same_v<T, std::int32_t>)
      return std::bit_cast<float>(a);
    else
      return std::bit_cast<double>(a);
  }
};
struct TwoOverPiWord {
  template <typename T> static constexpr bool takes = std::is_same_v<T, std::int64_t>;
  template <typename T> static T apply(T index) {
    const auto& words = math::two_over_pi_words;
    const auto at = static_cast<std::uint64_t>(index);
    return at < words.size() ? static_cast<T>(words[at]) : T{0};
  }
};

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

/// F on the values as float, rounded where it gives a number; fma has its own rounding.
template <typename F, typename T, typename... Operands>
std::uint64_t apply_narrow(Operands... operands) {
  if constexpr (std::is_same_v<F, Fma>) {
    return put(T::nearest(jammed_fma(operands.widened()...)));
  } else {
    const auto result = F::template apply<float>(operands.widened()...);
    if constexpr (std::is_same_v<decltype(result), const float>) {
      return put(T::nearest(static_cast<double>(result)));
    } else {
      return put(result);
    }
  }
}
template <typename F, typename T> constexpr bool takes_type() {
  if constexpr (is_narrow<T>) {
    return F::template takes<float> && !std::is_same_v<F, FloatBits>;
  } else {
    return F::template takes<T>;
  }
}
template <typename F, typename T, typename... Operands> std::uint64_t apply(Operands... operands) {
  if constexpr (is_narrow<T>) {
    return apply_narrow<F, T>(operands...);
  } else {
    return put(F::template apply<T>(operands...));
  }
}

template <typename F, typename T> void run_unary(const Instruction& i, Registers r) {
  for (std::uint32_t l = 0; l < i.lanes; ++l) {
    r[i.result + l] = apply<F, T>(get<T>(r[i.a + l]));
  }
}
template <typename F, typename T> void run_binary(const Instruction& i, Registers r) {
  for (std::uint32_t l = 0; l < i.lanes; ++l) {
    r[i.result + l] = apply<F, T>(get<T>(r[i.a + l]), get<T>(r[i.b + l]));
  }
}
template <typename F, typename T> void run_ternary(const Instruction& i, Registers r) {
  for (std::uint32_t l = 0; l < i.lanes; ++l) {
    r[i.result + l] = apply<F, T>(get<T>(r[i.a + l]), get<T>(r[i.b + l]), get<T>(r[i.c + l]));
  }
}

template <typename F> Handler unary(DType dtype) {
  return with_type(dtype, []<typename T>() -> Handler {
    if constexpr (takes_type<F, T>()) return &run_unary<F, T>;
    return nullptr;
  });
}
template <typename F> Handler binary(DType dtype) {
  return with_type(dtype, []<typename T>() -> Handler {
    if constexpr (takes_type<F, T>()) return &run_binary<F, T>;
    return nullptr;
  });
}
template <typename F> Handler ternary(DType dtype) {
  return with_type(dtype, []<typename T>() -> Handler {
    if constexpr (takes_type<F, T>()) return &run_ternary<F, T>;
    return nullptr;
  });
}

Handler find_elementwise(Op op, DType dtype) {
  switch (op) {
    case Op::logical_or: return binary<Or>(dtype);
    case Op::logical_and: return binary<And>(dtype);
    case Op::logical_not: return unary<Not>(dtype);
    case Op::equal: return binary<Comparison<Equal>>(dtype);
    case Op::not_equal: return binary<Comparison<NotEqual>>(dtype);
    case Op::less: return binary<Comparison<Less>>(dtype);
    case Op::less_equal: return binary<Comparison<LessEqual>>(dtype);
    case Op::greater: return binary<Comparison<Greater>>(dtype);
    case Op::greater_equal: return binary<Comparison<GreaterEqual>>(dtype);
    case Op::add: return binary<Add>(dtype);
    case Op::subtract: return binary<Subtract>(dtype);
    case Op::multiply: return binary<Multiply>(dtype);
    case Op::divide: return binary<Divide>(dtype);
    case Op::floor_divide: return binary<FloorDivide>(dtype);
    case Op::modulo: return binary<Modulo>(dtype);
    case Op::negate: return unary<Negate>(dtype);
    case Op::absolute: return unary<Absolute>(dtype);
    case Op::square_root: return unary<SquareRoot>(dtype);
    case Op::relu: return unary<Relu>(dtype);
    case Op::minimum: return binary<Minimum>(dtype);
    case Op::maximum: return binary<Maximum>(dtype);
    case Op::fma: return ternary<Fma>(dtype);
    case Op::bit_or: return binary<BitOr>(dtype);
    case Op::bit_xor: return binary<BitXor>(dtype);
    case Op::bit_and: return binary<BitAnd>(dtype);
    case Op::bit_not: return unary<BitNot>(dtype);
    case Op::shift_left: return binary<ShiftLeft>(dtype);
    case Op::shift_right: return binary<ShiftRight>(dtype);
    case Op::floor: return unary<Floor>(dtype);
    case Op::ceil: return unary<Ceil>(dtype);
    case Op::round: return unary<Round>(dtype);
    case Op::trunc: return unary<Trunc>(dtype);
    case Op::float_bits: return unary<FloatBits>(dtype);
    case Op::float_from_bits: return unary<FloatFromBits>(dtype);
    case Op::two_over_pi_word: return unary<TwoOverPiWord>(dtype);
    default: return nullptr;  // a node of its own, or made of others (ir/math/elementary.h)
  }
  return nullptr;
}

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

Handler elementwise_handler(Op op, DType operand) {
  if (Handler handler = find_elementwise(op, operand)) return handler;
  bug(fmt::format("the interpreter has no '{}' of {}", info_of(op).name, name_of(operand)));
}

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

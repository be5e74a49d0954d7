// The operators, each written once and instantiated for the types that it takes.
#include "ir/interpreter_operations.h"

#include <cmath>
#include <limits>

#include "ir/interpreter_registers.h"
#include "ir/math/coefficients.h"

namespace tcc::ir {
namespace {

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

}  // namespace

Handler elementwise_handler(Op op, DType operand) {
  if (Handler handler = find_elementwise(op, operand)) return handler;
  bug(fmt::format("the interpreter has no '{}' of {}", info_of(op).name, name_of(operand)));
}

}  // namespace tcc::ir

// Exact integer arithmetic of the reference evaluator.
#include "frontend/reference_integers.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"

namespace tcc::reference {

namespace {

std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }

int width(DType dtype) { return static_cast<int>(size_in_bytes(dtype)) * 8; }

/// Floors, as in Python; a zero divisor gives 0 (2.6). The rest has the divisor's sign.
struct Division {
  std::int64_t quotient = 0;
  std::int64_t rest = 0;
};

Division floor_divide(DType dtype, std::int64_t a, std::int64_t b) {
  if (b == 0) return {};
  if (is_unsigned_integer(dtype)) {
    return {static_cast<std::int64_t>(bits(a) / bits(b)),
            static_cast<std::int64_t>(bits(a) % bits(b))};
  }
  if (b == -1) return {static_cast<std::int64_t>(-bits(a)), 0};  // the lowest value wraps
  const bool round_down = a % b != 0 && (a < 0) != (b < 0);
  return {a / b - (round_down ? 1 : 0), a % b + (round_down ? b : 0)};
}

bool less(DType dtype, std::int64_t a, std::int64_t b) {
  return is_unsigned_integer(dtype) ? bits(a) < bits(b) : a < b;
}

/// By squaring; 0 for a negative exponent.
std::int64_t power(DType dtype, std::int64_t base, std::int64_t exponent) {
  if (less(dtype, exponent, 0)) return 0;
  std::uint64_t result = 1, square = bits(base);
  for (std::uint64_t rest = bits(exponent); rest != 0; rest >>= 1, square *= square) {
    if ((rest & 1) != 0) result *= square;
  }
  return static_cast<std::int64_t>(result);
}

std::int64_t shift(Op op, DType dtype, std::int64_t a, std::int64_t b) {
  const int amount = static_cast<int>(bits(b) & static_cast<std::uint64_t>(width(dtype) - 1));
  if (op == Op::shift_left) return static_cast<std::int64_t>(bits(a) << amount);
  if (is_signed_integer(dtype)) return a >> amount;
  return static_cast<std::int64_t>(bits(a) >> amount);
}

std::int64_t unwrapped(Op op, DType dtype, std::int64_t a, std::int64_t b) {
  switch (op) {
    case Op::add: return static_cast<std::int64_t>(bits(a) + bits(b));
    case Op::subtract: return static_cast<std::int64_t>(bits(a) - bits(b));
    case Op::multiply: return static_cast<std::int64_t>(bits(a) * bits(b));
    case Op::floor_divide: return floor_divide(dtype, a, b).quotient;
    case Op::modulo: return floor_divide(dtype, a, b).rest;
    case Op::negate: return static_cast<std::int64_t>(-bits(a));
    case Op::absolute: return less(dtype, a, 0) ? static_cast<std::int64_t>(-bits(a)) : a;
    case Op::relu: return less(dtype, a, 0) ? 0 : a;
    case Op::minimum: return less(dtype, b, a) ? b : a;
    case Op::maximum: return less(dtype, a, b) ? b : a;
    case Op::bit_or: return a | b;
    case Op::bit_xor: return a ^ b;
    case Op::bit_and: return a & b;
    case Op::bit_not: return dtype == DType::boolean ? 1 - a : ~a;
    case Op::shift_left:
    case Op::shift_right: return shift(op, dtype, a, b);
    case Op::power: return power(dtype, a, b);
    case Op::sign: return less(dtype, 0, a) ? 1 : less(dtype, a, 0) ? -1 : 0;
    case Op::floor:
    case Op::ceil:
    case Op::round:
    case Op::trunc: return a;
    default: break;
  }
  bug(fmt::format("the reference has no '{}' of {}", info_of(op).name, name_of(dtype)));
}

}  // namespace

std::int64_t wrap(std::int64_t value, DType dtype) {
  switch (dtype) {
    case DType::boolean: return value != 0 ? 1 : 0;
    case DType::i8: return static_cast<std::int8_t>(value);
    case DType::i16: return static_cast<std::int16_t>(value);
    case DType::i32: return static_cast<std::int32_t>(value);
    case DType::u8: return static_cast<std::uint8_t>(value);
    case DType::u16: return static_cast<std::uint16_t>(value);
    case DType::u32: return static_cast<std::uint32_t>(value);
    default: return value;
  }
}

std::int64_t integer_arithmetic(Op op, DType dtype, std::int64_t a, std::int64_t b) {
  return wrap(unwrapped(op, dtype, a, b), dtype);
}

bool integer_comparison(Op op, DType dtype, std::int64_t a, std::int64_t b) {
  switch (op) {
    case Op::equal: return a == b;
    case Op::not_equal: return a != b;
    case Op::less: return less(dtype, a, b);
    case Op::less_equal: return !less(dtype, b, a);
    case Op::greater: return less(dtype, b, a);
    case Op::greater_equal: return !less(dtype, a, b);
    default: break;
  }
  bug(fmt::format("'{}' is no comparison", info_of(op).name));
}

std::int64_t lowest_integer(DType dtype) {
  if (!is_signed_integer(dtype)) return 0;
  return std::numeric_limits<std::int64_t>::min() >> (64 - width(dtype));
}

std::int64_t highest_integer(DType dtype) {
  if (dtype == DType::boolean) return 1;
  const std::uint64_t all = ~std::uint64_t{0} >> (64 - width(dtype));
  return static_cast<std::int64_t>(is_signed_integer(dtype) ? all >> 1 : all);
}

std::int64_t truncate_to_integer(double high, double low, DType dtype) {
  if (std::isnan(high)) return 0;
  // Where the high part is whole, the low one decides what is left of it.
  const double whole = std::trunc(high);
  double rest = whole == high ? std::trunc(low) : 0;
  const bool toward_zero = whole == high && low != rest && (high > 0) != (low > 0) && high != 0;
  if (toward_zero) rest += high > 0 ? -1 : 1;
  const int digits = width(dtype) - (is_signed_integer(dtype) ? 1 : 0);
  const double limit = std::ldexp(1.0, digits);  // one above the highest value
  if (whole > limit || (whole == limit && rest >= 0)) return highest_integer(dtype);
  const double lowest = is_signed_integer(dtype) ? -limit : 0;
  if (whole < lowest || (whole == lowest && rest < 0)) return lowest_integer(dtype);
  const auto base = whole < 0 ? bits(static_cast<std::int64_t>(whole))
                              : static_cast<std::uint64_t>(std::fmod(whole, 0x1p64));
  return static_cast<std::int64_t>(base + bits(static_cast<std::int64_t>(rest)));
}

TwoDoubles as_doubles(std::int64_t value, DType dtype) {
  constexpr std::uint64_t low_mask = 0xffff'ffff;  // both halves are exact
  const double low = static_cast<double>(bits(value) & low_mask);
  const double high = dtype == DType::u64 ? static_cast<double>(bits(value) >> 32)
                                          : static_cast<double>(value >> 32);
  const double sum = high * 0x1p32 + low;
  return {sum, low - (sum - high * 0x1p32)};
}

}  // namespace tcc::reference

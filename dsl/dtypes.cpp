// Element types: one row for each, from which the rest follows.
#include "dsl/dtypes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "dsl/diagnostic.h"

namespace tcc {

namespace {

enum class Sort : std::uint8_t { boolean, signed_integer, unsigned_integer, floating };

struct DTypeInfo {
  std::string_view name;
  Sort sort;
  std::size_t bytes;
  int precision = 0;         ///< bits of a float's significand, the hidden one included
  int largest_exponent = 0;  ///< of a float: the largest number is just below 2^(this + 1)
};

// In the order of the enumeration.
constexpr std::array<DTypeInfo, 13> infos = {{
    {"bool", Sort::boolean, 1},
    {"i8", Sort::signed_integer, 1},
    {"i16", Sort::signed_integer, 2},
    {"i32", Sort::signed_integer, 4},
    {"i64", Sort::signed_integer, 8},
    {"u8", Sort::unsigned_integer, 1},
    {"u16", Sort::unsigned_integer, 2},
    {"u32", Sort::unsigned_integer, 4},
    {"u64", Sort::unsigned_integer, 8},
    {"f16", Sort::floating, 2, 11, 15},
    {"bf16", Sort::floating, 2, 8, 127},
    {"f32", Sort::floating, 4, 24, 127},
    {"f64", Sort::floating, 8, 53, 1023},
}};

const DTypeInfo& info_of(DType dtype) { return infos[static_cast<std::size_t>(dtype)]; }

const DTypeInfo& float_info(DType dtype) {
  if (!is_float(dtype)) bug(fmt::format("{} is no float type", name_of(dtype)));
  return info_of(dtype);
}

DType wider(DType a, DType b) { return size_in_bytes(a) >= size_in_bytes(b) ? a : b; }

DType promote_floats(DType a, DType b) {
  const bool both_halves = a != b && size_in_bytes(a) == 2 && size_in_bytes(b) == 2;
  return both_halves ? DType::f32 : wider(a, b);
}

/// The narrowest signed type that holds the values of both.
std::optional<DType> promote_mixed_signs(DType with_sign, DType without) {
  if (size_in_bytes(with_sign) > size_in_bytes(without)) return with_sign;
  switch (size_in_bytes(without)) {
    case 1: return DType::i16;
    case 2: return DType::i32;
    case 4: return DType::i64;
    default: return {};
  }
}

}  // namespace

std::string_view name_of(DType dtype) { return info_of(dtype).name; }

std::size_t size_in_bytes(DType dtype) { return info_of(dtype).bytes; }

bool is_float(DType dtype) { return info_of(dtype).sort == Sort::floating; }
bool is_signed_integer(DType dtype) { return info_of(dtype).sort == Sort::signed_integer; }
bool is_unsigned_integer(DType dtype) { return info_of(dtype).sort == Sort::unsigned_integer; }
bool is_integer(DType dtype) { return is_signed_integer(dtype) || is_unsigned_integer(dtype); }

std::optional<DType> parse_dtype(std::string_view name) {
  const auto found = std::find_if(infos.begin(), infos.end(),
                                  [&](const DTypeInfo& info) { return info.name == name; });
  if (found == infos.end()) return {};
  return static_cast<DType>(found - infos.begin());
}

std::optional<DType> promote(DType a, DType b) {
  if (a == b || b == DType::boolean) return a;
  if (a == DType::boolean) return b;
  if (is_float(a) && is_float(b)) return promote_floats(a, b);
  if (is_float(a)) return a;
  if (is_float(b)) return b;
  if (is_signed_integer(a) == is_signed_integer(b)) return wider(a, b);
  return is_signed_integer(a) ? promote_mixed_signs(a, b) : promote_mixed_signs(b, a);
}

double unit_roundoff(DType dtype) { return std::ldexp(1.0, -float_info(dtype).precision); }

double largest_finite(DType dtype) {
  const DTypeInfo& info = float_info(dtype);
  return std::ldexp(2.0 - std::ldexp(1.0, 1 - info.precision), info.largest_exponent);
}

double smallest_subnormal(DType dtype) {
  const DTypeInfo& info = float_info(dtype);
  return std::ldexp(1.0, 2 - info.largest_exponent - info.precision);
}

}  // namespace tcc

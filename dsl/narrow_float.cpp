// f16 and bf16 as numbers of the host.
#include "dsl/narrow_float.h"

#include <bit>
#include <cmath>
#include <limits>

#include "dsl/dtypes.h"

namespace tcc {

namespace {

/// Bits of the significand, the hidden one left out, and the exponent's bias.
struct Format {
  int fraction;
  int bias;
  int infinity() const { return 0x7fff >> fraction << fraction; }
};
Format format_of(DType dtype) { return dtype == DType::f16 ? Format{10, 15} : Format{7, 127}; }

}  // namespace

std::uint16_t narrow_bits(double number, DType dtype) {
  const Format format = format_of(dtype);
  const int sign = std::signbit(number) ? 0x8000 : 0;
  const double size = std::fabs(number);
  const int quiet = 1 << (format.fraction - 1);
  if (std::isnan(size)) return static_cast<std::uint16_t>(sign | format.infinity() | quiet);
  if (size >= std::ldexp(1.0, format.bias + 1)) {
    return static_cast<std::uint16_t>(sign | format.infinity());
  }
  const int lowest = 1 - format.bias;
  const int exponent = size < std::ldexp(1.0, lowest) ? lowest : std::ilogb(size);
  // In units of the last place: at most 2^(fraction + 1), which carries into the exponent.
  const auto units = static_cast<int>(std::nearbyint(std::ldexp(size, format.fraction - exponent)));
  return static_cast<std::uint16_t>(sign | (((exponent - lowest) << format.fraction) + units));
}

double number_of(std::uint16_t bits, DType dtype) {
  const Format format = format_of(dtype);
  const int size = bits & 0x7fff;
  const int fraction = size & ((1 << format.fraction) - 1);
  const int exponent = size >> format.fraction;
  double number = 0;
  if (size >= format.infinity()) {
    number = fraction == 0 ? std::numeric_limits<double>::infinity()
                           : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    number = std::ldexp(fraction, 1 - format.bias - format.fraction);
  } else {
    number =
        std::ldexp(fraction + (1 << format.fraction), exponent - format.bias - format.fraction);
  }
  return (bits & 0x8000) != 0 ? -number : number;
}

double nearest_in(double number, DType dtype) {
  switch (dtype) {
    case DType::f16:
    case DType::bf16: return number_of(narrow_bits(number, dtype), dtype);
    case DType::f32: {
      // Half a unit beyond the largest, a conversion would be undefined.
      const double limit = largest_finite(dtype) * (1 + unit_roundoff(dtype) / 2);
      if (std::fabs(number) < limit) return static_cast<double>(static_cast<float>(number));
      return std::isnan(number) ? number
                                : std::copysign(std::numeric_limits<double>::infinity(), number);
    }
    default: return number;
  }
}

double jammed(std::uint64_t integer) {
  constexpr std::uint64_t low = (1U << 11) - 1;
  if (integer >> 53 != 0 && (integer & low) != 0) integer = (integer & ~low) | (low + 1);
  return static_cast<double>(integer);
}

double jammed(std::int64_t integer) {
  if (integer >= 0) return jammed(static_cast<std::uint64_t>(integer));
  return -jammed(0 - static_cast<std::uint64_t>(integer));
}

double jammed_fma(double a, double b, double c) {
  const double product = a * b;  // exact
  const double sum = product + c;
  if (!std::isfinite(sum)) return sum;
  const double part = sum - product;
  const double lost = (product - (sum - part)) + (c - part);  // Knuth's two-sum
  const bool is_even = (std::bit_cast<std::uint64_t>(sum) & 1) == 0;
  if (lost == 0 || !is_even) return sum;
  const double toward = std::copysign(std::numeric_limits<double>::infinity(), lost);
  return std::nextafter(sum, toward);
}

}  // namespace tcc

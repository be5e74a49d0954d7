// f16 and bf16 as numbers of the host, which may have neither type.
#pragma once

#include <cstdint>

#include <tcc/dtype.h>

namespace tcc {

/// The nearest number of a float type, ties to even; infinite where that is beyond the largest.
double nearest_in(double number, DType dtype);

/// The bits of the nearest f16 or bf16, and the number that bits are. Exact but for one rounding.
std::uint16_t narrow_bits(double number, DType dtype);
double number_of(std::uint16_t bits, DType dtype);

/// An f64 between an integer and whatever narrower float it is rounded to: the low bits that f64
/// has no room for make its last one odd (Boldo and Melquiond 2008).
double jammed(std::int64_t integer);
double jammed(std::uint64_t integer);

/// a * b + c for operands of at most 24 bits, likewise.
double jammed_fma(double a, double b, double c);

}  // namespace tcc

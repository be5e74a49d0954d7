// Rules for element types: classes, promotion, parsing (language sections 2.1 to 2.4).
#pragma once

#include <optional>
#include <string_view>

#include <tcc/dtype.h>

namespace tcc {

bool is_float(DType dtype);
bool is_signed_integer(DType dtype);
bool is_unsigned_integer(DType dtype);
bool is_integer(DType dtype);  ///< signed or unsigned; not bool

std::optional<DType> parse_dtype(std::string_view name);

/// NumPy's lattice of 2.3; nothing for u64 with a signed integer.
std::optional<DType> promote(DType a, DType b);

/// Half the distance from 1 to the next larger number: 2^-24 for f32. Floats only.
double unit_roundoff(DType dtype);

/// The largest finite value, and the smallest positive subnormal one. Floats only.
double largest_finite(DType dtype);
double smallest_subnormal(DType dtype);

}  // namespace tcc

// Arithmetic on approximate floats: each operation once, with the bound of its result.
//
// A result is certain (bound 0) where the operands are and the exact result is a number of the
// element type. Every bound holds as well where a product and the sum that reads it become one
// fused operation: that leaves out a rounding which the bound has counted.
#pragma once

#include "frontend/reference_value.h"

namespace tcc::reference {

/// For Real = double and DoubleDouble.
template <typename Real> struct Arithmetic {
  using Value = Approximate<Real>;

  static Value add(const Value& a, const Value& b, const Precision& precision);
  static Value negate(const Value& a);
  static Value multiply(const Value& a, const Value& b, const Precision& precision);
  /// Anything where the divisor may be zero and is not certainly so.
  static Value divide(const Value& a, const Value& b, const Precision& precision);
  /// Anything where the operand may be negative and is not certainly so.
  static Value square_root(const Value& a, const Precision& precision);
  static Value absolute(const Value& a);
  /// NaN where an operand is NaN.
  static Value maximum(const Value& a, const Value& b);
  static Value minimum(const Value& a, const Value& b);
};

}  // namespace tcc::reference

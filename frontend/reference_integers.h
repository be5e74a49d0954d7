// Exact integer arithmetic of the reference evaluator (language sections 2.5, 2.6).
//
// Every integer and bool is held in an int64: sign- or zero-extended, u64 by its bits.
#pragma once

#include <cstdint>

#include <tcc/dtype.h>

#include "dsl/operators.h"

namespace tcc::reference {

/// Cut to the width of `dtype`; bool asks for zero.
std::int64_t wrap(std::int64_t value, DType dtype);

/// An arithmetic operator on integers of one type; unary ones leave out `b`.
std::int64_t integer_arithmetic(Op op, DType dtype, std::int64_t a, std::int64_t b = 0);

/// A comparison of integers of one type, or of bools.
bool integer_comparison(Op op, DType dtype, std::int64_t a, std::int64_t b);

/// The least and the greatest value of an integer type.
std::int64_t lowest_integer(DType dtype);
std::int64_t highest_integer(DType dtype);

/// Truncates and saturates; NaN becomes 0.
std::int64_t truncate_to_integer(double high, double low, DType dtype);

/// An integer as the sum of two doubles.
struct TwoDoubles {
  double high, low;
};
TwoDoubles as_doubles(std::int64_t value, DType dtype);

}  // namespace tcc::reference

// The elementwise operators and the conversions on approximate values.
#pragma once

#include "dsl/operators.h"
#include "frontend/reference_value.h"

namespace tcc::reference {

/// An operator for operands of one type (for `select`, those it chooses from).
template <typename Real> class Operation {
 public:
  using Value = Approximate<Real>;

  Operation(Op op, DType operands);

  /// Operands that the operator does not take are default ones.
  Value operator()(const Value& a, const Value& b, const Value& c) const;

 private:
  Value on_floats(const Value& a, const Value& b, const Value& c) const;
  Value on_integers(const Value& a, const Value& b, const Value& c) const;

  Op op_;
  DType operands_;
  Precision precision_;
};

/// A conversion between any two element types (2.5).
template <typename Real> class Conversion {
 public:
  using Value = Approximate<Real>;

  Conversion(DType from, DType to);
  Value operator()(const Value& value) const;

 private:
  Value from_integer(const Value& value) const;
  Value to_float(const Value& value) const;
  Value to_integer(const Value& value) const;
  Value to_bool(const Value& value) const;

  DType from_, to_;
  Precision precision_;
};

}  // namespace tcc::reference

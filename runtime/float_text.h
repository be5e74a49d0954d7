// Floats as NumPy prints them: as few digits as tell a number from its neighbours, at most eight
// behind the point, and one form for all numbers of an array.
#pragma once

#include <span>
#include <string>

#include <tcc/dtype.h>

namespace tcc {

/// The form that a set of numbers of one float type shares, so that they stand below each other.
class FloatColumn {
 public:
  /// `shown` are the numbers that the form is made for.
  FloatColumn(std::span<const double> shown, DType dtype);

  /// `number` padded to the common width.
  std::string text_of(double number) const;

 private:
  void measure_positional(std::span<const double> shown);
  void measure_scientific(std::span<const double> shown);
  void make_room_for_specials(std::span<const double> shown);
  std::string scientific_text(double number) const;
  std::string positional_text(double number) const;

  DType dtype_;
  bool is_scientific_ = false;
  std::size_t left_ = 0;             ///< characters before the point, sign included
  std::size_t right_ = 0;            ///< behind it
  std::size_t fraction_digits_ = 0;  ///< scientific: the same for all
  std::size_t exponent_digits_ = 2;
};

/// A number by itself, as NumPy prints a scalar: "1.5", "1e-05", "nan".
std::string float_text(double number, DType dtype);

}  // namespace tcc

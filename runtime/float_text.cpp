// Floats as NumPy prints them.
#include "runtime/float_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <system_error>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/narrow_float.h"

namespace tcc {

namespace {

constexpr std::size_t max_fraction = 8;

/// [-]whole.fraction e exponent
struct Parts {
  std::string whole;     ///< sign included
  std::string fraction;  ///< without zeros at its end
  int exponent = 0;
};

template <typename... Form> std::string to_text(double number, DType dtype, Form... form) {
  char buffer[512];
  const auto result =
      dtype == DType::f32
          ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(number), form...)
          : std::to_chars(buffer, buffer + sizeof buffer, number, form...);
  if (result.ec != std::errc()) bug("a number does not fit its text");
  return std::string(buffer, result.ptr);
}

Parts split(const std::string& text) {
  Parts parts;
  const std::size_t e = std::min(text.find('e'), text.size());
  const std::size_t point = std::min(text.find('.'), e);
  parts.whole = text.substr(0, point);
  if (point < e) parts.fraction = text.substr(point + 1, e - point - 1);
  if (e < text.size()) parts.exponent = std::atoi(text.c_str() + e + 1);
  while (parts.fraction.ends_with('0'))
    parts.fraction.pop_back();
  return parts;
}

bool is_narrow(DType dtype) { return dtype == DType::f16 || dtype == DType::bf16; }

double read_number(const std::string& text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The C++ library knows no neighbours of f16 and bf16: digits are added until the number is the
/// nearest one to its text. Above a power of two neighbours are twice as far as below, so that the
/// next text up may do where the nearest one does not.
Parts shortest_narrow(double number, DType dtype) {
  for (int digits = 0;; ++digits) {
    const std::string nearest = to_text(number, DType::f64, std::chars_format::scientific, digits);
    const double step = std::pow(10.0, split(nearest).exponent - digits);
    const std::string above = to_text(read_number(nearest) + std::copysign(step, number),
                                      DType::f64, std::chars_format::scientific, digits);
    for (const std::string& text : {nearest, above}) {
      if (nearest_in(read_number(text), dtype) == number) return split(text);
    }
  }
}

/// One digit before the point, the fewest behind it that tell the number from its neighbours.
Parts shortest(double number, DType dtype) {
  if (is_narrow(dtype)) return shortest_narrow(number, dtype);
  return split(to_text(number, dtype, std::chars_format::scientific));
}

Parts scientific(double number, DType dtype) {
  Parts parts = shortest(number, dtype);
  if (parts.fraction.size() <= max_fraction) return parts;
  return split(to_text(number, dtype, std::chars_format::scientific, int{max_fraction}));
}

/// Without an exponent. Digits that do not tell the number from its neighbours are zeros.
Parts positional(double number, DType dtype, std::size_t fraction_limit) {
  Parts parts = shortest(number, dtype);
  const auto moved = static_cast<std::size_t>(std::abs(parts.exponent));
  if (parts.exponent >= 0) {
    parts.fraction.resize(std::max(parts.fraction.size(), moved), '0');
    parts.whole += parts.fraction.substr(0, moved);
    parts.fraction.erase(0, moved);
  } else {
    parts.fraction = std::string(moved - 1, '0') + parts.whole.back() + parts.fraction;
    parts.whole.back() = '0';
  }
  parts.exponent = 0;
  if (number == 0) parts.fraction.clear();
  if (parts.fraction.size() <= fraction_limit) return parts;
  return split(to_text(number, dtype, std::chars_format::fixed, static_cast<int>(fraction_limit)));
}

/// From here on an exponent is shorter than what the type can tell apart.
double largest_positional(DType dtype) {
  switch (dtype) {
    case DType::f64: return 1e8;
    case DType::f16: return 1e3;
    default: return 1e6;
  }
}

/// In the numbers' own type, as NumPy compares; bf16, which it lacks, as f32.
bool wants_exponent(std::span<const double> shown, DType dtype) {
  double largest = 0;
  double smallest = std::numeric_limits<double>::infinity();
  for (const double number : shown) {
    if (number == 0 || !std::isfinite(number)) continue;
    largest = std::max(largest, std::fabs(number));
    smallest = std::min(smallest, std::fabs(number));
  }
  if (largest == 0) return false;
  return largest >= largest_positional(dtype) || smallest < nearest_in(0.0001, dtype) ||
         nearest_in(largest / smallest, dtype) > 1000;
}

std::string special_text(double number) {
  if (std::isnan(number)) return "nan";
  return number < 0 ? "-inf" : "inf";
}

}  // namespace

FloatColumn::FloatColumn(std::span<const double> shown, DType dtype) : dtype_(dtype) {
  is_scientific_ = wants_exponent(shown, dtype);
  if (is_scientific_) {
    measure_scientific(shown);
  } else {
    measure_positional(shown);
  }
  make_room_for_specials(shown);
}

void FloatColumn::measure_positional(std::span<const double> shown) {
  for (const double number : shown) {
    if (!std::isfinite(number)) continue;
    const Parts parts = positional(number, dtype_, max_fraction);
    left_ = std::max(left_, parts.whole.size());
    right_ = std::max(right_, parts.fraction.size());
  }
}

void FloatColumn::measure_scientific(std::span<const double> shown) {
  for (const double number : shown) {
    if (!std::isfinite(number)) continue;
    const Parts parts = scientific(number, dtype_);
    left_ = std::max(left_, parts.whole.size());
    fraction_digits_ = std::max(fraction_digits_, parts.fraction.size());
    if (std::abs(parts.exponent) >= 100) exponent_digits_ = 3;
  }
  right_ = fraction_digits_ + 2 + exponent_digits_;  // e+
}

void FloatColumn::make_room_for_specials(std::span<const double> shown) {
  for (const double number : shown) {
    if (std::isfinite(number)) continue;
    const std::size_t width = special_text(number).size();
    if (width > left_ + 1 + right_) left_ = width - 1 - right_;
  }
}

std::string FloatColumn::text_of(double number) const {
  if (!std::isfinite(number)) {
    return fmt::format("{:>{}}", special_text(number), left_ + 1 + right_);
  }
  return is_scientific_ ? scientific_text(number) : positional_text(number);
}

/// All with the same number of digits, even where fewer would tell a number from its neighbours.
std::string FloatColumn::scientific_text(double number) const {
  const std::string text =
      to_text(number, dtype_, std::chars_format::scientific, static_cast<int>(fraction_digits_));
  const std::size_t e = text.find('e');
  const int exponent = std::atoi(text.c_str() + e + 1);
  std::string digits = text.substr(0, e);
  if (fraction_digits_ == 0) digits += '.';
  return fmt::format("{:>{}}e{}{:0{}}", digits, left_ + 1 + fraction_digits_,
                     exponent < 0 ? '-' : '+', std::abs(exponent), exponent_digits_);
}

std::string FloatColumn::positional_text(double number) const {
  const Parts parts = positional(number, dtype_, max_fraction);
  return fmt::format("{:>{}}.{:<{}}", parts.whole, left_, parts.fraction, right_);
}

std::string float_text(double number, DType dtype) {
  if (!std::isfinite(number)) return special_text(number);
  const double limit = dtype == DType::f64 ? 1e16 : largest_positional(dtype);
  const double magnitude = std::fabs(number);
  if (number == 0 || (magnitude >= nearest_in(1e-4, dtype) && magnitude < limit)) {
    const Parts parts = positional(number, dtype, std::string::npos);
    return parts.whole + "." + (parts.fraction.empty() ? "0" : parts.fraction);
  }
  const Parts parts = shortest(number, dtype);
  return fmt::format("{}{}{}e{}{:02}", parts.whole, parts.fraction.empty() ? "" : ".",
                     parts.fraction, parts.exponent < 0 ? '-' : '+', std::abs(parts.exponent));
}

}  // namespace tcc

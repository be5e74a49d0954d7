// Numbers on the command line.
#include "driver/scalar_literal.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include "driver/report.h"
#include "dsl/dtypes.h"
#include "dsl/lexer.h"
#include "dsl/narrow_float.h"

namespace tcc::driver {

namespace {

std::optional<ScalarLiteral> word(std::string_view text, bool is_negative) {
  const double sign = is_negative ? -1 : 1;
  if (text == "inf") return sign * std::numeric_limits<double>::infinity();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "pi") return sign * std::numbers::pi;
  if (!is_negative && (text == "true" || text == "false")) return text == "true";
  return {};
}

/// `.5`, `1.` and `+2` are no literals of the language, but what else could be meant?
std::optional<ScalarLiteral> lenient(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return {};
  return value;
}

template <typename T> Tensor scalar_of(T value) {
  Tensor tensor = Tensor::empty(DTypeOf<T>::value, {});
  *tensor.data<T>() = value;
  return tensor;
}

Error does_not_fit(const std::string& what, DType dtype, const std::string& name) {
  return program_error(DiagnosticKind::dtype_mismatch,
                       fmt::format("{} does not fit '{}', which is {}", what, name, name_of(dtype)),
                       "");
}

Tensor float_scalar(double value, DType dtype, const std::string& name) {
  if (std::isfinite(value) && std::fabs(value) > largest_finite(dtype)) {
    throw does_not_fit(fmt::format("{}", value), dtype, name);
  }
  if (dtype == DType::f64) return scalar_of(value);
  if (dtype == DType::f32) return scalar_of(static_cast<float>(value));
  const Tensor tensor = Tensor::empty(dtype, {});
  *static_cast<std::uint16_t*>(tensor.raw_data()) = narrow_bits(value, dtype);
  return tensor;
}

/// The largest magnitude that a value of the type has on this side of 0.
std::uint64_t limit_of(DType dtype, bool is_negative) {
  const auto bits = 8 * size_in_bytes(dtype);
  const std::uint64_t all = ~std::uint64_t{0} >> (64 - bits);
  if (is_unsigned_integer(dtype)) return is_negative ? 0 : all;
  return is_negative ? all / 2 + 1 : all / 2;
}

Tensor integer_scalar(Integer value, DType dtype, const std::string& name) {
  if (value.magnitude > limit_of(dtype, value.is_negative)) {
    throw does_not_fit(fmt::format("{}{}", value.is_negative ? "-" : "", value.magnitude), dtype,
                       name);
  }
  const std::uint64_t bits = value.is_negative ? 0 - value.magnitude : value.magnitude;
  const Tensor tensor = Tensor::empty(dtype, {});
  void* data = tensor.raw_data();
  switch (size_in_bytes(dtype)) {
    case 1: *static_cast<std::uint8_t*>(data) = static_cast<std::uint8_t>(bits); break;
    case 2: *static_cast<std::uint16_t*>(data) = static_cast<std::uint16_t>(bits); break;
    case 4: *static_cast<std::uint32_t*>(data) = static_cast<std::uint32_t>(bits); break;
    default: *static_cast<std::uint64_t*>(data) = bits;
  }
  return tensor;
}

}  // namespace

std::optional<ScalarLiteral> parse_scalar(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const bool is_negative = text.starts_with('-');
  const SourceId source = sources.add("", is_negative ? text.substr(1) : text);
  const auto tokens = tokenize(sources, source, diagnostics);
  if (diagnostics.has_errors() || tokens.size() != 2) return lenient(text);
  const Token& token = tokens.front();
  switch (token.kind) {
    case TokenKind::integer:
      if (const auto value = integer_value(token.text)) return Integer{is_negative, *value};
      return {};
    case TokenKind::floating: {
      const double value = floating_value(token.text);
      return is_negative ? -value : value;
    }
    case TokenKind::name: return word(token.text, is_negative);
    default: return {};
  }
}

Tensor scalar_tensor(const ScalarLiteral& literal, std::optional<DType> declared,
                     const std::string& name) {
  if (const bool* truth = std::get_if<bool>(&literal)) return scalar_of(*truth);
  const Integer* integer = std::get_if<Integer>(&literal);
  const bool takes_floats = declared && is_float(*declared);
  if (integer != nullptr && !takes_floats) {
    const bool takes_integers = declared && is_integer(*declared);
    return integer_scalar(*integer, takes_integers ? *declared : DType::i64, name);
  }
  double value = 0;
  if (integer != nullptr) {
    value = static_cast<double>(integer->magnitude);
    if (integer->is_negative) value = -value;
  } else {
    value = std::get<double>(literal);
  }
  return float_scalar(value, takes_floats ? *declared : DType::f32, name);
}

}  // namespace tcc::driver

// Numbers on the command line (`-i x=1.5`), read as the language reads its literals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <tcc/tensor.h>

namespace tcc::driver {

struct Integer {
  bool is_negative;
  std::uint64_t magnitude;
};

/// A number as it was written: its type is that of the input it is bound to.
using ScalarLiteral = std::variant<bool, Integer, double>;

/// `3`, `-1_000`, `0xff`, `1.5`, `1e-5`, `inf`, `nan`, `pi`, `true`; nothing for other texts.
std::optional<ScalarLiteral> parse_scalar(const std::string& text);

/// A tensor of rank 0: of the declared type where the literal takes it (language section 2.4),
/// otherwise bool, i64 or f32. `name` is the input's. Throws Error (program) where it does not fit.
Tensor scalar_tensor(const ScalarLiteral& literal, std::optional<DType> declared,
                     const std::string& name);

}  // namespace tcc::driver

// Messages of generated code, whose numbers are known only when it runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tcc {

/// Stands for a value of 64 bits that has no sign.
constexpr std::string_view unsigned_value = "{u}";

/// The message with `value` in the place of its first `{}` or `{u}`.
std::string filled_in(const char* message, std::int64_t value);

}  // namespace tcc

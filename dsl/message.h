// Messages of generated code, whose numbers are known only when it runs.
#pragma once

#include <cstdint>
#include <string>

namespace tcc {

/// The message with `value` in the place of its first `{}`.
std::string filled_in(const char* message, std::int64_t value);

}  // namespace tcc

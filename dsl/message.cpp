// Messages of generated code.
#include "dsl/message.h"

#include <algorithm>

namespace tcc {

std::string filled_in(const char* message, std::int64_t value) {
  std::string text = message;
  const std::size_t place = std::min(text.find("{}"), text.find(unsigned_value));
  if (place == std::string::npos) return text;
  const bool is_unsigned = text.compare(place, unsigned_value.size(), unsigned_value) == 0;
  text.replace(
      place, is_unsigned ? unsigned_value.size() : 2,
      is_unsigned ? std::to_string(static_cast<std::uint64_t>(value)) : std::to_string(value));
  return text;
}

}  // namespace tcc

// Messages of generated code.
#include "dsl/message.h"

namespace tcc {

std::string filled_in(const char* message, std::int64_t value) {
  std::string text = message;
  const std::size_t place = text.find("{}");
  if (place != std::string::npos) text.replace(place, 2, std::to_string(value));
  return text;
}

}  // namespace tcc

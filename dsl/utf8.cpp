// Decoding of UTF-8, one character at a time.
#include "dsl/utf8.h"

#include <bit>

namespace tcc {

Utf8Character first_character(std::string_view text) {
  static constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  constexpr Utf8Character none{malformed_character, 1, false};
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  const auto bytes = static_cast<std::size_t>(std::countl_one(lead));
  if (bytes < 2 || bytes > 4 || bytes > text.size()) return none;
  char32_t code = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_continuation(text[i])) return none;
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const bool is_surrogate = code >= 0xD800 && code < 0xE000;
  if (code < smallest[bytes] || code > 0x10FFFF || is_surrogate) return none;
  return {code, bytes, true};
}

}  // namespace tcc

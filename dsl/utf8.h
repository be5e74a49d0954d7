// Characters of UTF-8 text.
#pragma once

#include <cstddef>
#include <string_view>

namespace tcc {

/// What stands for bytes that are no character.
constexpr char32_t malformed_character = 0xFFFD;

struct Utf8Character {
  char32_t code;
  std::size_t bytes;  ///< in the text; 1 of a byte that belongs to no character
  bool is_well_formed;
};

/// The first character of a text that is not empty. Overlong forms, surrogates and what is beyond
/// U+10FFFF are no characters (RFC 3629).
Utf8Character first_character(std::string_view text);

/// Whether a byte is one of a character's after its first.
inline bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace tcc

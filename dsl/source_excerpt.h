// One line of a source as a terminal can show it, with the marks below it (language section 10).
#pragma once

#include <string>
#include <string_view>

#include "dsl/source.h"

namespace tcc {

/// Two lines of equal layout: "h = relu(x @ W1)" and "         ~~^~~".
struct Excerpt {
  std::string text;
  std::string marks;  ///< without spaces at its end
};

/// The line of `source` with byte `caret`, `~` below what `span` covers of it, `^` below the caret.
/// A long line is cut to about a hundred columns around the caret. Tabs become spaces; control
/// characters, what reverses the direction of writing, and bytes that are no UTF-8 become U+FFFD.
Excerpt excerpt_of(const Source& source, Span span, std::uint32_t caret);

/// `text` made harmless in the same way, its newlines and tabs kept. Words of over 100 letters are
/// cut.
std::string printable(std::string_view text);

}  // namespace tcc

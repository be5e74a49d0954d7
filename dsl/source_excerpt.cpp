// Source text on a terminal: characters one by one, each with its bytes and its columns.
#include "dsl/source_excerpt.h"

#include <algorithm>

#include "dsl/utf8.h"

namespace tcc {

namespace {

constexpr std::size_t max_shown_bytes = 100;
constexpr std::size_t bytes_before_caret = 60;
constexpr std::size_t tab_width = 8;
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // the same as text
constexpr std::string_view ellipsis = "...";

/// What a terminal may obey instead of showing it, and what turns the direction of a line.
bool is_harmful(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200E && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

struct Range {
  char32_t first;
  char32_t last;
};

// The bulk of the wide characters: CJK, Hangul, full-width forms, emoji.
constexpr Range wide[] = {{0x1100, 0x115F},   {0x2E80, 0xA4CF},  {0xAC00, 0xD7A3},
                          {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},  {0xFF00, 0xFF60},
                          {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
constexpr Range combining = {0x300, 0x36F};

bool is_in(char32_t code, Range range) { return code >= range.first && code <= range.last; }

std::size_t columns_of(char32_t code) {
  if (is_in(code, combining)) return 0;
  const bool is_wide = std::any_of(std::begin(wide), std::end(wide),
                                   [&](Range range) { return is_in(code, range); });
  return is_wide ? 2 : 1;
}

/// Bytes [begin, end) of a line: all of it, or what is near the caret.
struct Window {
  std::size_t begin;
  std::size_t end;
};

Window window_around(std::string_view line, std::size_t caret) {
  if (line.size() <= max_shown_bytes) return {0, line.size()};
  std::size_t begin = caret > bytes_before_caret ? caret - bytes_before_caret : 0;
  begin = std::min(begin, line.size() - max_shown_bytes);
  std::size_t end = begin + max_shown_bytes;
  while (begin > 0 && is_continuation(line[begin]) && caret - begin < max_shown_bytes)
    --begin;
  while (end < line.size() && is_continuation(line[end]) && end - begin < 2 * max_shown_bytes)
    ++end;
  return {begin, end};
}

/// Writes an excerpt from left to right.
class ExcerptWriter {
 public:
  void add(std::string_view text, std::size_t columns, char mark) {
    last_ = excerpt_.marks.size();
    excerpt_.text += text;
    excerpt_.marks.append(columns, mark);
  }

  void add_character(Utf8Character character, std::string_view bytes, char mark) {
    if (character.code == '\t') {
      const std::size_t columns = tab_width - excerpt_.marks.size() % tab_width;
      return add(std::string(columns, ' '), columns, mark);
    }
    const bool is_shown = character.code != malformed_character && !is_harmful(character.code);
    add(is_shown ? bytes : replacement, columns_of(character.code), mark);
  }

  /// Under what was added last.
  void put_caret() {
    if (last_ < excerpt_.marks.size()) excerpt_.marks[last_] = '^';
  }

  Excerpt take() {
    excerpt_.marks.erase(excerpt_.marks.find_last_not_of(' ') + 1);
    return std::move(excerpt_);
  }

 private:
  Excerpt excerpt_;
  std::size_t last_ = 0;  ///< the column of what was added last
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

Excerpt excerpt_of(const Source& source, Span span, std::uint32_t caret) {
  const LineColumn place = source.line_column(caret);
  const std::string_view line = source.line(place.line);
  const std::size_t line_begin = caret - (place.column - 1);
  const std::size_t caret_in_line = std::min<std::size_t>(place.column - 1, line.size());
  const Window window = window_around(line, caret_in_line);
  const auto mark_at = [&](std::size_t at) {
    return line_begin + at >= span.begin && line_begin + at < span.end ? '~' : ' ';
  };

  ExcerptWriter writer;
  if (window.begin > 0) writer.add(ellipsis, ellipsis.size(), mark_at(window.begin - 1));
  for (std::size_t at = window.begin; at < window.end;) {
    const Utf8Character character = first_character(line.substr(at));
    const bool has_caret = at <= caret_in_line && caret_in_line < at + character.bytes;
    writer.add_character(character, line.substr(at, character.bytes), mark_at(at));
    if (has_caret) writer.put_caret();
    at += character.bytes;
  }
  if (window.end < line.size()) writer.add(ellipsis, ellipsis.size(), mark_at(window.end));
  if (caret_in_line == line.size()) {
    writer.add("", 1, ' ');
    writer.put_caret();
  }
  return writer.take();
}

std::string printable(std::string_view text) {
  constexpr std::size_t longest_word = 100;
  constexpr std::size_t kept_of_word = 40;
  std::string result;
  while (!text.empty()) {
    const auto word = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_word) -
                                               text.begin());
    result += text.substr(0, word > longest_word ? kept_of_word : word);
    if (word > longest_word) result += ellipsis;
    text.remove_prefix(word);
    if (text.empty()) break;
    const Utf8Character character = first_character(text);
    const bool is_layout = character.code == '\n' || character.code == '\t';
    const bool is_shown = character.code != malformed_character && !is_harmful(character.code);
    result += is_layout || is_shown ? text.substr(0, character.bytes) : replacement;
    text.remove_prefix(character.bytes);
  }
  return result;
}

}  // namespace tcc

// Scanning the text of programs and schedules.
#include "dsl/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "dsl/utf8.h"

namespace tcc {

namespace {

constexpr std::size_t max_text_bytes = std::size_t{16} << 20;
constexpr std::size_t max_tokens = std::size_t{1} << 22;
constexpr std::size_t max_nesting = 256;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_letter(c) || is_digit(c); }
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_outside_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// Longer ones first: the first that fits is taken.
constexpr std::array<std::string_view, 32> symbols = {
    "...", "==", "!=", "<=", ">=", "//", "**", "<<", ">>", "+=", "(", ")", "[", "]", "{", "}",
    ",",   ":",  ".",  "=",  "<",  ">",  "+",  "-",  "*",  "/",  "%", "@", "|", "^", "&", "~"};

/// After these a newline does not end a statement (1.1).
constexpr std::array<std::string_view, 24> continuing = {
    ",", "=", "+=", "or", "and", "==", "!=", "<", "<=", ">", ">=", "|",
    "^", "&", "<<", ">>", "+",   "-",  "*",  "/", "//", "%", "@",  "**"};

bool continues_a_line(const Token& token) {
  const bool can = token.kind == TokenKind::symbol || token.kind == TokenKind::name;
  return can && std::find(continuing.begin(), continuing.end(), token.text) != continuing.end();
}

class Lexer {
 public:
  Lexer(std::string_view text, Span span, Diagnostics& diagnostics)
      : text_(text), span_(span), diagnostics_(diagnostics) {}

  std::vector<Token> scan() {
    if (text_.size() > max_text_bytes) {
      refuse(0, fmt::format("the text is over {} MiB", max_text_bytes >> 20));
    }
    if (text_.starts_with("\xEF\xBB\xBF")) position_ = 3;  // a byte order mark
    while (position_ < text_.size() && !refused_)
      scan_one();
    if (refused_) tokens_.clear();
    position_ = text_.size();
    add(TokenKind::end, position_);
    return std::move(tokens_);
  }

 private:
  char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

  Span span_of(std::size_t begin, std::size_t end) const {
    return {span_.source, span_.begin + static_cast<std::uint32_t>(begin),
            span_.begin + static_cast<std::uint32_t>(end)};
  }

  Report& error(std::size_t begin, std::size_t end, std::string message) {
    return diagnostics_.error(DiagnosticKind::syntax, span_of(begin, end), std::move(message));
  }

  /// The text is beyond a limit: nothing of it is read.
  void refuse(std::size_t begin, std::string message) {
    refused_ = true;
    diagnostics_.error(DiagnosticKind::limit, span_of(begin, std::min(begin + 1, text_.size())),
                       std::move(message));
  }

  void add(TokenKind kind, std::size_t end) {
    tokens_.push_back({kind, span_of(position_, end), text_.substr(position_, end - position_)});
    position_ = end;
    if (tokens_.size() == max_tokens) {
      refuse(position_, fmt::format("the text has over {} words and symbols", max_tokens - 1));
    }
  }

  std::size_t run_end(std::size_t from, bool (*holds)(char)) const {
    while (from < text_.size() && holds(text_[from]))
      ++from;
    return from;
  }

  void scan_one() {
    const char c = text_[position_];
    if (is_space(c)) {
      ++position_;
    } else if (c == '#') {
      const std::size_t end = std::min(text_.find('\n', position_), text_.size());
      check_characters(position_, end);
      position_ = end;
    } else if (c == '\n' || c == ';') {
      scan_separator(c);
    } else if (is_letter(c)) {
      add(TokenKind::name, run_end(position_, is_word));
    } else if (is_digit(c)) {
      scan_number();
    } else if (c == '.' && is_digit(at(position_ + 1))) {
      scan_point_and_digits();
    } else if (c == '"') {
      scan_text();
    } else {
      scan_symbol();
    }
  }

  /// A newline is none inside ( ) and [ ], nor where the line goes on. A `;` always is one, so that
  /// the parser can tell that a bracket is not closed.
  void scan_separator(char c) {
    const bool inside = !open_brackets_.empty() && open_brackets_.back() != '{';
    const bool repeated = tokens_.empty() || tokens_.back().kind == TokenKind::separator;
    const bool goes_on = !repeated && (inside || continues_a_line(tokens_.back()));
    if (repeated || (goes_on && c == '\n')) {
      ++position_;
    } else {
      add(TokenKind::separator, position_ + 1);
    }
  }

  /// digits { "_" digits }
  std::size_t digits_end(std::size_t from, bool (*is_one)(char)) const {
    std::size_t end = run_end(from, is_one);
    while (end > from && at(end) == '_' && is_one(at(end + 1)))
      end = run_end(end + 1, is_one);
    return end;
  }

  void scan_number();
  void scan_missing_fraction(std::size_t point);
  std::size_t exponent_end(std::size_t e) const;
  bool follows_part_of_name() const;
  void scan_point_and_digits();
  void scan_text();
  void check_characters(std::size_t begin, std::size_t end);
  void scan_symbol();
  void scan_unexpected();

  std::string_view text_;
  Span span_;
  Diagnostics& diagnostics_;
  std::vector<Token> tokens_;
  std::vector<char> open_brackets_;
  std::size_t position_ = 0;
  bool refused_ = false;
};

void Lexer::scan_number() {
  const bool is_hex = at(position_) == '0' && (at(position_ + 1) | 0x20) == 'x';
  const std::size_t whole_end =
      is_hex ? digits_end(position_ + 2, is_hex_digit) : digits_end(position_, is_digit);
  std::size_t end = whole_end;
  if (!is_hex && at(end) == '.' && at(end + 1) != '.') {  // `1...` is a number and three points
    if (!is_digit(at(end + 1))) return scan_missing_fraction(end);
    end = digits_end(end + 1, is_digit);
  }
  if (!is_hex && (at(end) | 0x20) == 'e') end = exponent_end(end);
  const TokenKind kind = end == whole_end ? TokenKind::integer : TokenKind::floating;
  const bool lacks_digits = is_hex && end == position_ + 2;
  const std::size_t word_end = run_end(end, is_word);
  if (lacks_digits || word_end != end) {
    error(position_, word_end,
          fmt::format("'{}' is no number", text_.substr(position_, word_end - position_)))
        .suggest("numbers are written 42, 0xff, 1_000, 1.5 or 1e-5");
  }
  add(kind, word_end);
}

void Lexer::scan_missing_fraction(std::size_t point) {
  error(position_, point + 1, "a number has digits on both sides of its point")
      .suggest(fmt::format("write {}.0", text_.substr(position_, point - position_)));
  add(TokenKind::floating, point + 1);
}

/// Where what follows `e` is no exponent, the number ends before it.
std::size_t Lexer::exponent_end(std::size_t e) const {
  const std::size_t digits = at(e + 1) == '-' || at(e + 1) == '+' ? e + 2 : e + 1;
  const std::size_t end = digits_end(digits, is_digit);
  return end > digits ? end : e;
}

/// Directly after `C`, or after `C.1`.
bool Lexer::follows_part_of_name() const {
  if (tokens_.empty() || tokens_.back().span.end != span_of(position_, position_).begin)
    return false;
  if (tokens_.back().kind == TokenKind::name) return true;
  return tokens_.back().kind == TokenKind::integer && tokens_.size() > 1 &&
         tokens_[tokens_.size() - 2].is(".");
}

/// `C.1` is a name in schedules; a number does not begin with its point.
void Lexer::scan_point_and_digits() {
  const std::size_t end = digits_end(position_ + 1, is_digit);
  if (follows_part_of_name()) {
    add(TokenKind::symbol, position_ + 1);
    add(TokenKind::integer, end);
    return;
  }
  error(position_, end, "a number has digits on both sides of its point")
      .suggest(fmt::format("write 0{}", text_.substr(position_, end - position_)));
  add(TokenKind::floating, end);
}

void Lexer::scan_text() {
  std::size_t end = position_ + 1;
  while (end < text_.size() && text_[end] != '"' && text_[end] != '\n')
    ++end;
  check_characters(position_, end);
  if (at(end) == '"') return add(TokenKind::text, end + 1);
  error(position_, end, "a text without its closing '\"'");
  add(TokenKind::text, end);
}

/// Comments and texts hold what characters they like, but those of UTF-8 (1.1): one report for each
/// of them that does not.
void Lexer::check_characters(std::size_t begin, std::size_t end) {
  while (begin < end) {
    const Utf8Character character = first_character(text_.substr(begin, end - begin));
    if (!character.is_well_formed) {
      error(begin, begin + 1,
            fmt::format("the byte 0x{:02x} is no part of a UTF-8 character",
                        static_cast<unsigned char>(text_[begin])))
          .suggest("save the file as UTF-8");
      return;
    }
    begin += character.bytes;
  }
}

void Lexer::scan_symbol() {
  const std::string_view rest = text_.substr(position_);
  const auto found = std::find_if(symbols.begin(), symbols.end(), [&](std::string_view symbol) {
    return rest.starts_with(symbol);
  });
  if (found == symbols.end()) return scan_unexpected();
  const char c = rest[0];
  if (c == '(' || c == '[' || c == '{') {
    if (open_brackets_.size() == max_nesting) {
      return refuse(position_, fmt::format("brackets are nested deeper than {}", max_nesting));
    }
    open_brackets_.push_back(c);
  } else if ((c == ')' || c == ']' || c == '}') && !open_brackets_.empty()) {
    open_brackets_.pop_back();
  }
  add(TokenKind::symbol, position_ + found->size());
}

/// A run of the same wrong character is one mistake, and so is 'text' in single quotes.
void Lexer::scan_unexpected() {
  const char c = text_[position_];
  std::size_t shown = position_ + 1;
  std::size_t end = shown;
  if (is_outside_ascii(c)) {
    end = run_end(position_, is_outside_ascii);
    while (shown < std::min(end, position_ + 4) && (at(shown) & 0xC0) == 0x80)
      ++shown;
  } else if (c == '\'') {
    end = std::min(text_.find_first_of("'\n", shown), text_.size());
    if (at(end) == '\'') ++end;
  } else {
    while (at(end) == c && end < text_.size())
      ++end;
  }
  const bool is_control = !is_outside_ascii(c) && (c < ' ' || c == '\x7f');
  const std::string_view character = text_.substr(position_, shown - position_);
  Report& report = error(position_, end,
                         is_control ? fmt::format("unexpected control character 0x{:02x}", c)
                                    : fmt::format("unexpected character '{}'", character));
  if (c == '!') report.suggest("negation is written 'not'");
  if (c == '\'') report.suggest("a text stands in double quotes");
  position_ = end;
}

/// The digits of a number without its underscores.
std::string without_underscores(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '_');
  return digits;
}

/// Whether a number beyond the range of double is too large for it, and not too small: whether its
/// first digit that is not 0, moved by the exponent, stands before the point.
bool is_large(std::string_view text) {
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::size_t point = std::min(text.find('.'), e);
  const std::size_t first = std::min(text.find_first_of("123456789"), e);
  std::int64_t exponent = 0;
  if (e < text.size()) {
    const std::size_t digits = text[e + 1] == '+' ? e + 2 : e + 1;
    const auto result = std::from_chars(text.data() + digits, text.data() + text.size(), exponent);
    if (result.ec != std::errc()) return text[digits] != '-';
  }
  return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) + exponent > 0;
}

}  // namespace

std::vector<Token> tokenize(const SourceMap& sources, Span span, Diagnostics& diagnostics) {
  return Lexer(sources.text_of(span), span, diagnostics).scan();
}

std::vector<Token> tokenize(const SourceMap& sources, SourceId source, Diagnostics& diagnostics) {
  constexpr std::size_t max_offset = std::numeric_limits<std::uint32_t>::max();
  const auto size = std::min(sources[source].text().size(), max_offset);
  return tokenize(sources, Span{source, 0, static_cast<std::uint32_t>(size)}, diagnostics);
}

std::optional<std::uint64_t> integer_value(std::string_view text) {
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  const std::string digits = without_underscores(is_hex ? text.substr(2) : text);
  const char* end = digits.data() + digits.size();
  std::uint64_t value = 0;
  const auto result = std::from_chars(digits.data(), end, value, is_hex ? 16 : 10);
  if (result.ec != std::errc() || result.ptr != end) return {};
  return value;
}

double floating_value(std::string_view text) {
  const std::string digits = without_underscores(text);
  double value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  return is_large(digits) ? std::numeric_limits<double>::infinity() : 0.0;
}

}  // namespace tcc

// Scanning IR text.
#include "ir/parser_tokens.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "dsl/dtypes.h"

namespace tcc::ir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_letter(c) || is_digit(c); }

class Scanner {
 public:
  Scanner(std::string_view text, SourceId source, Diagnostics& diagnostics)
      : text_(text), source_(source), diagnostics_(diagnostics) {}

  std::vector<Token> scan() {
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c == ' ' || c == '\t' || c == '\r') {
        ++position_;
      } else if (c == '#') {
        position_ = std::min(text_.find('\n', position_), text_.size());
      } else if (!scan_token(c)) {
        diagnostics_.error(DiagnosticKind::syntax, Span{source_, offset(), offset() + 1},
                           "unexpected character in IR text");
        break;
      }
    }
    add(TokenKind::end, text_.size());
    return std::move(tokens_);
  }

 private:
  std::uint32_t offset() const { return static_cast<std::uint32_t>(position_); }

  bool add(TokenKind kind, std::size_t end) {
    const auto last = static_cast<std::uint32_t>(end);
    tokens_.push_back({kind, {source_, offset(), last}, text_.substr(position_, end - position_)});
    position_ = end;
    return true;
  }

  char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

  std::size_t run_end(std::size_t from, bool (*holds)(char)) const {
    while (holds(at(from)))
      ++from;
    return from;
  }

  bool scan_token(char c) {
    if (c == '\n' || c == ';') return scan_separator();
    if (is_letter(c)) return add(TokenKind::name, end_of_name());
    if (is_digit(c)) return scan_number();
    if (c == '"') return scan_text();
    return scan_symbol();
  }

  bool scan_separator() {
    const bool wanted =
        open_brackets_ == 0 && !tokens_.empty() && tokens_.back().kind != TokenKind::separator;
    if (wanted) return add(TokenKind::separator, position_ + 1);
    ++position_;
    return true;
  }

  std::size_t end_of_name() const {
    std::size_t end = run_end(position_, is_word);
    while (at(end) == '.' && is_word(at(end + 1)))
      end = run_end(end + 1, is_word);
    return end;
  }

  bool scan_number() {
    std::size_t end = run_end(position_, is_digit);
    TokenKind kind = TokenKind::integer;
    if (at(end) == '.' && is_digit(at(end + 1))) {
      kind = TokenKind::floating;
      end = run_end(end + 1, is_digit);
    }
    if (at(end) == 'e') {
      const std::size_t digits = at(end + 1) == '-' || at(end + 1) == '+' ? end + 2 : end + 1;
      if (is_digit(at(digits))) {
        kind = TokenKind::floating;
        end = run_end(digits, is_digit);
      }
    }
    end = run_end(end, is_word);  // the type
    const bool is_float_type =
        text_.substr(position_, end - position_).find('f') != std::string_view::npos;
    return add(is_float_type ? TokenKind::floating : kind, end);
  }

  bool scan_text() {
    std::size_t end = position_ + 1;
    while (end < text_.size() && at(end) != '"' && at(end) != '\n')
      end += at(end) == '\\' ? 2 : 1;
    return at(end) == '"' && add(TokenKind::text, end + 1);
  }

  bool scan_symbol() {
    static constexpr std::array<std::string_view, 5> long_symbols = {"==", "!=", "<=", ">=", "//"};
    for (const std::string_view symbol : long_symbols) {
      if (text_.substr(position_, 2) == symbol) return add(TokenKind::symbol, position_ + 2);
    }
    const char c = text_[position_];
    if (std::string_view("()[]{},:=<>+-*/%").find(c) == std::string_view::npos) return false;
    if (c == '(' || c == '[') ++open_brackets_;
    if ((c == ')' || c == ']') && open_brackets_ > 0) --open_brackets_;
    return add(TokenKind::symbol, position_ + 1);
  }

  std::string_view text_;
  SourceId source_;
  Diagnostics& diagnostics_;
  std::vector<Token> tokens_;
  std::size_t position_ = 0;
  int open_brackets_ = 0;
};

std::optional<DType> suffix_type(std::string_view suffix, DType otherwise) {
  return suffix.empty() ? std::optional(otherwise) : parse_dtype(suffix);
}

std::optional<LiteralValue> word_value(std::string_view word, Sign sign) {
  if (word == "true" || word == "false") {
    if (sign == Sign::minus) return {};
    return LiteralValue{DType::boolean, word == "true" ? 1 : 0, 0};
  }
  if (word != "inf" && word != "nan") return {};
  using Limits = std::numeric_limits<double>;
  const double value = word == "inf" ? Limits::infinity() : Limits::quiet_NaN();
  return LiteralValue{DType::f32, 0, sign == Sign::minus ? -value : value};
}

std::optional<LiteralValue> integer_value(std::string_view text, Sign sign) {
  std::uint64_t magnitude = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, magnitude);
  const auto dtype = suffix_type({rest, static_cast<std::size_t>(end - rest)}, DType::i64);
  if (error != std::errc() || !dtype || !is_integer(*dtype)) return {};
  const std::uint64_t bits = sign == Sign::minus ? 0 - magnitude : magnitude;
  return LiteralValue{*dtype, static_cast<std::int64_t>(bits), 0};
}

std::optional<LiteralValue> float_value(std::string_view text, Sign sign) {
  double value = 0;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, value);
  const auto dtype = suffix_type({rest, static_cast<std::size_t>(end - rest)}, DType::f32);
  if (!dtype || !is_float(*dtype)) return {};
  if (*dtype == DType::f32) {  // read as a float at once: no second rounding
    float single = 0;
    error = std::from_chars(text.data(), end, single).ec;
    value = static_cast<double>(single);
  }
  if (error != std::errc()) return {};
  return LiteralValue{*dtype, 0, sign == Sign::minus ? -value : value};
}

}  // namespace

std::vector<Token> tokenize_ir(const SourceMap& sources, SourceId source,
                               Diagnostics& diagnostics) {
  return Scanner(sources[source].text(), source, diagnostics).scan();
}

std::optional<LiteralValue> literal_value(const Token& token, Sign sign) {
  switch (token.kind) {
    case TokenKind::name: return word_value(token.text, sign);
    case TokenKind::integer: return integer_value(token.text, sign);
    case TokenKind::floating: return float_value(token.text, sign);
    default: return {};
  }
}

Token TokenCursor::next() {
  const Token token = peek();
  if (position_ + 1 < tokens_.size()) ++position_;
  return token;
}

bool TokenCursor::accept(std::string_view symbol_or_name) {
  const bool found = peek().is(symbol_or_name);
  if (found) next();
  return found;
}

void TokenCursor::expect(std::string_view symbol_or_name) {
  if (!accept(symbol_or_name)) {
    fail(DiagnosticKind::syntax, peek().span, fmt::format("expected '{}'", symbol_or_name));
  }
}

std::string TokenCursor::expect_name(std::string_view what) {
  if (peek().kind == TokenKind::name) return std::string(next().text);
  fail(DiagnosticKind::syntax, peek().span, fmt::format("expected {}", what));
  return {};
}

void TokenCursor::skip_separators() {
  while (peek().kind == TokenKind::separator)
    next();
}

void TokenCursor::fail(DiagnosticKind kind, Span span, std::string message) {
  if (!failed_) diagnostics_.error(kind, span, std::move(message));
  failed_ = true;
  position_ = tokens_.size() - 1;
}

}  // namespace tcc::ir

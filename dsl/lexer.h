// Text to tokens (language sections 1.1 and 1.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/source.h"

namespace tcc {

enum class TokenKind : std::uint8_t {
  name,       ///< also keywords and word operators: the parser knows where they are special
  integer,    ///< 42 0xff 1_000
  floating,   ///< 1.5 1e-5
  text,       ///< "text"; the span includes the quotes
  symbol,     ///< an operator or a bracket, longest match
  separator,  ///< a newline or `;` that ends a statement
  end,
};

struct Token {
  TokenKind kind;
  Span span;
  std::string_view text;  ///< into the source; lives as long as the SourceMap

  bool is(std::string_view symbol_or_name) const {
    return (kind == TokenKind::symbol || kind == TokenKind::name) && text == symbol_or_name;
  }
};

/// The tokens of `span`, the last of kind `end`. Newlines inside ( ) and [ ] and after a binary
/// operator, a comma or `=` are dropped; runs of separators are kept as one, at the beginning none.
/// Errors: `syntax` for characters and numbers that are none; `limit` for a text over 16 MiB or of
/// over 2^22 tokens, and for brackets nested deeper than 256: then `end` is the only token.
std::vector<Token> tokenize(const SourceMap& sources, Span span, Diagnostics& diagnostics);

/// All of a source.
std::vector<Token> tokenize(const SourceMap& sources, SourceId source, Diagnostics& diagnostics);

/// The value of an integer token; nothing when it exceeds 64 unsigned bits.
std::optional<std::uint64_t> integer_value(std::string_view text);
/// Infinity for a number that is too large for f64.
double floating_value(std::string_view text);

}  // namespace tcc

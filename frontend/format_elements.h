// What a formatter moves around: the tokens of a program, with the comments between them.
#pragma once

#include <string_view>
#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/lexer.h"
#include "dsl/source.h"

namespace tcc {

struct FormatElement {
  enum class Kind : std::uint8_t { token, comment };

  Kind kind;
  TokenKind token;        ///< of a token
  std::string_view text;  ///< into the source; a comment without spaces at its end
  Span span;
  bool begins_statement;  ///< a separator or `{` stands between this token and the one before
  bool after_space;       ///< something stood between this element and the one before
  int newlines;           ///< lines that ended between this element and the one before

  bool is(std::string_view symbol_or_name) const {
    return kind == Kind::token && (token == TokenKind::symbol || token == TokenKind::name) &&
           text == symbol_or_name;
  }
};

/// In the order of the text; separators are in `begins_statement`.
/// Errors: those of the lexer; `syntax` for brackets that do not match, and for `;` or `{` inside
/// ( ) or [ ], which the parser may not have come to.
std::vector<FormatElement> format_elements(const SourceMap& sources, SourceId source,
                                           Diagnostics& diagnostics);

}  // namespace tcc

// The tokens of a program as its parser walks over them, statement by statement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/lexer.h"

namespace tcc {

/// A cursor that reports one mistake a statement, and none where the lexer has found one already.
class TokenReader {
 public:
  TokenReader(const SourceMap& sources, SourceId source, Diagnostics& diagnostics);

  /// The token `ahead` places on; the last one is of kind `end`.
  const Token& peek(std::size_t ahead = 0) const;
  Token next();
  bool accept(std::string_view symbol_or_name);
  void expect(std::string_view symbol);

  /// How many tokens on the bracket is closed that stands `ahead` places on; nothing where it is
  /// never closed, or by a bracket of another kind.
  std::optional<std::size_t> closing(std::size_t ahead = 0) const;

  bool at_end() const { return peek().kind == TokenKind::end; }
  bool at_statement_end() const {
    return at_end() || peek().kind == TokenKind::separator || (in_block_ && peek().is("}"));
  }

  /// Between the braces of a function a `}` ends a statement too.
  void enter_block() { in_block_ = true; }
  void leave_block() { in_block_ = false; }

  /// Skips separators; what follows is a new statement, in which nothing has failed.
  void begin_statement();
  /// Goes to where the statement ends: to a separator outside all of its brackets.
  void skip_statement() { position_ = statement_end(); }

  /// Whether the lexer has found a mistake in `span`.
  bool has_lexical_error(Span span) const;

  bool failed() const { return failed_; }
  Report& fail(DiagnosticKind kind, Span span, std::string message);
  /// "expected an expression, found 'x'", with a note where a bracket is not closed.
  Report& fail_expected(std::string_view wanted);
  /// "powers ('**') are not supported yet"
  Report& fail_unsupported(Span span, std::string_view construct);

 private:
  std::size_t statement_end() const;
  std::optional<std::size_t> innermost_open_bracket() const;
  Span place_of_next() const;

  Diagnostics& diagnostics_;
  std::vector<std::uint32_t> lexical_errors_;  ///< offsets in the source
  std::vector<Token> tokens_;
  std::vector<std::uint32_t> closing_;  ///< by token; 0 where there is none
  std::size_t position_ = 0;
  std::size_t statement_begin_ = 0;
  bool failed_ = false;
  bool in_block_ = false;
  Report ignored_{};
};

/// Words that stand for a value or an operator, and so are no names.
bool is_reserved(std::string_view word);

}  // namespace tcc

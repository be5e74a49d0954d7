// The tokens of IR text. It has its own rules beside those of programs (dsl/lexer.h): a name may
// hold dots (`C.1`, `i0.o`), and a number may end in its type (`3i32`, `0.0f64`).
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "dsl/lexer.h"
#include "ir/expr.h"

namespace tcc::ir {

/// The tokens of a source, the last of kind `end`. Every line end outside ( ) and [ ] is a
/// separator. Errors: `syntax`.
std::vector<Token> tokenize_ir(const SourceMap& sources, SourceId source, Diagnostics& diagnostics);

/// A literal's value and type: the inverse of print_literal(). Nothing for other words.
struct LiteralValue {
  DType dtype;
  std::int64_t integer = 0;  ///< of integers and bool
  double real = 0;           ///< of floats
};
enum class Sign : std::uint8_t { plus, minus };
std::optional<LiteralValue> literal_value(const Token& token, Sign sign);

/// A place in the tokens. The first error is reported and ends the parsing: the cursor then stands
/// at the end for good.
class TokenCursor {
 public:
  TokenCursor(std::vector<Token> tokens, Diagnostics& diagnostics)
      : tokens_(std::move(tokens)), diagnostics_(diagnostics) {}

  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
  }
  Token next();
  bool accept(std::string_view symbol_or_name);
  void expect(std::string_view symbol_or_name);
  std::string expect_name(std::string_view what);
  bool at_end() const { return peek().kind == TokenKind::end; }
  void skip_separators();

  void fail(DiagnosticKind kind, Span span, std::string message);
  bool failed() const { return failed_; }

 private:
  std::vector<Token> tokens_;
  Diagnostics& diagnostics_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

}  // namespace tcc::ir

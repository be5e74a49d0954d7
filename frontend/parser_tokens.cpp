// The cursor over the tokens, and how mistakes are worded.
#include "frontend/parser_tokens.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace tcc {

namespace {

bool opens(const Token& token) { return token.is("(") || token.is("[") || token.is("{"); }
bool closes(const Token& token) { return token.is(")") || token.is("]") || token.is("}"); }

bool match(const Token& open, const Token& close) {
  return (open.text == "(" && close.text == ")") || (open.text == "[" && close.text == "]") ||
         (open.text == "{" && close.text == "}");
}

std::vector<std::uint32_t> match_brackets(const std::vector<Token>& tokens) {
  std::vector<std::uint32_t> closing(tokens.size(), 0);
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::symbol) continue;
    if (opens(tokens[i])) open.push_back(i);
    if (!closes(tokens[i]) || open.empty()) continue;
    if (match(tokens[open.back()], tokens[i])) closing[open.back()] = i;
    open.pop_back();
  }
  return closing;
}

std::string description(const Token& token) {
  if (token.kind == TokenKind::end) return "the end of the text";
  if (token.kind == TokenKind::separator) return token.text == ";" ? "';'" : "the end of the line";
  if (token.kind == TokenKind::text) return std::string(token.text);
  return fmt::format("'{}'", token.text);
}

}  // namespace

TokenReader::TokenReader(const SourceMap& sources, SourceId source, Diagnostics& diagnostics)
    : diagnostics_(diagnostics) {
  const std::size_t reported = diagnostics.reports().size();
  tokens_ = tokenize(sources, source, diagnostics);
  for (std::size_t i = reported; i < diagnostics.reports().size(); ++i) {
    lexical_errors_.push_back(diagnostics.reports()[i].span->begin);
  }
  closing_ = match_brackets(tokens_);
}

const Token& TokenReader::peek(std::size_t ahead) const {
  return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
}

Token TokenReader::next() {
  const Token token = peek();
  if (position_ + 1 < tokens_.size()) ++position_;
  return token;
}

bool TokenReader::accept(std::string_view symbol_or_name) {
  const bool found = peek().is(symbol_or_name);
  if (found) next();
  return found;
}

void TokenReader::expect(std::string_view symbol) {
  if (!accept(symbol)) fail_expected(fmt::format("'{}'", symbol));
}

std::optional<std::size_t> TokenReader::closing(std::size_t ahead) const {
  const std::size_t open = std::min(position_ + ahead, tokens_.size() - 1);
  if (closing_[open] == 0) return {};
  return closing_[open] - position_;
}

void TokenReader::begin_statement() {
  while (peek().kind == TokenKind::separator)
    next();
  statement_begin_ = position_;
  failed_ = false;
}

std::size_t TokenReader::statement_end() const {
  std::size_t depth = 0;
  for (std::size_t i = statement_begin_; i < tokens_.size(); ++i) {
    const Token& token = tokens_[i];
    if (in_block_ && token.is("}") && depth == 0 && i >= position_) return i;
    if (opens(token)) ++depth;
    if (closes(token) && depth > 0) --depth;
    if (token.kind == TokenKind::separator && depth == 0 && i >= position_) return i;
  }
  return tokens_.size() - 1;
}

std::optional<std::size_t> TokenReader::innermost_open_bracket() const {
  std::vector<std::size_t> open;
  for (std::size_t i = statement_begin_; i < position_; ++i) {
    if (opens(tokens_[i])) open.push_back(i);
    if (closes(tokens_[i]) && !open.empty()) open.pop_back();
  }
  if (open.empty()) return {};
  return open.back();
}

/// The ends of a line and of the text are shown directly behind what stands before them.
Span TokenReader::place_of_next() const {
  const Span span = peek().span;
  if (!at_statement_end() || position_ == 0 || peek().text == ";") return span;
  const Span before = tokens_[position_ - 1].span;
  return {span.source, before.end, before.end};
}

bool TokenReader::has_lexical_error(Span span) const {
  return std::any_of(lexical_errors_.begin(), lexical_errors_.end(),
                     [&](std::uint32_t at) { return at >= span.begin && at <= span.end; });
}

Report& TokenReader::fail(DiagnosticKind kind, Span span, std::string message) {
  const Span statement = join(tokens_[statement_begin_].span, tokens_[statement_end()].span);
  const bool reported = failed_ || has_lexical_error(statement);
  failed_ = true;
  if (reported) return ignored_ = {};
  return diagnostics_.error(kind, span, std::move(message));
}

Report& TokenReader::fail_expected(std::string_view wanted) {
  const auto open = innermost_open_bracket();
  if (closes(peek()) && !open) {
    return fail(DiagnosticKind::syntax, peek().span,
                fmt::format("'{}' closes no bracket", peek().text));
  }
  Report& report = fail(DiagnosticKind::syntax, place_of_next(),
                        fmt::format("expected {}, found {}", wanted, description(peek())));
  if (open && closing_[*open] == 0) {
    report.note(fmt::format("'{}' is opened here", tokens_[*open].text), tokens_[*open].span);
  }
  return report;
}

Report& TokenReader::fail_unsupported(Span span, std::string_view construct) {
  return fail(DiagnosticKind::unsupported, span,
              fmt::format("{} are not supported yet", construct));
}

bool is_reserved(std::string_view word) {
  constexpr std::array<std::string_view, 9> words = {"true", "false", "inf", "nan", "pi",
                                                     "None", "and",   "or",  "not"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace tcc

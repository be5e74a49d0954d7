// Statements of programs (language section 3).
//
//   statement  ::= ("input" | "param") name ":" type {"," name ":" type}
//                | "output" name {"," name}
//                | ["output"] name ["[" variable {"," variable} "]"] [":" type] "=" expression
//                | "schedule" .. "{" .. "}"                         kept as text
//   variable   ::= name ["in" expression ":" expression]
//   type       ::= element type ["[" expression {"," expression} "]"]
#include "frontend/parser.h"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "frontend/parser_definition.h"
#include "frontend/parser_tokens.h"
#include "frontend/parser_types.h"

namespace tcc {

namespace {

struct UnsupportedStatement {
  std::string_view keyword;
  std::string_view construct;
};

constexpr std::array<UnsupportedStatement, 5> unsupported_statements = {{
    {"def", "functions ('def')"},
    {"const", "constants ('const')"},
    {"import", "imports ('import')"},
    {"update", "updates ('update')"},
    {"assert", "assertions ('assert')"},
}};

/// What a statement has added, so that it can be taken back.
struct Sizes {
  std::size_t nodes;
  std::size_t inputs;
  std::size_t outputs;
  std::size_t definitions;
  std::size_t schedules;
};

template <typename T> void shorten(std::vector<T>& list, std::size_t size) {
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(size), list.end());
}

/// Whether the last node is `sum[k]`, which lacks its parentheses.
bool is_reducer_subscript(const std::vector<syntax::Node>& nodes) {
  if (nodes.empty()) return false;
  const auto* subscript = std::get_if<syntax::Subscript>(&nodes.back().value);
  const auto* base = subscript ? std::get_if<syntax::Name>(&nodes[subscript->base].value) : nullptr;
  return base != nullptr && find_reducer(base->name).has_value();
}

class Parser {
 public:
  Parser(const SourceMap& sources, SourceId source, Diagnostics& diagnostics)
      : tokens_(sources, source, diagnostics) {}

  syntax::Program parse() {
    for (tokens_.begin_statement(); !tokens_.at_end(); tokens_.begin_statement()) {
      const Sizes before = {program_.nodes.size(), program_.inputs.size(), program_.outputs.size(),
                            program_.definitions.size(), program_.schedules.size()};
      parse_statement();
      if (!tokens_.failed() && !tokens_.at_statement_end()) fail_to_end();
      if (tokens_.failed()) take_back(before);
    }
    return std::move(program_);
  }

 private:
  void take_back(const Sizes& before) {
    shorten(program_.nodes, before.nodes);
    shorten(program_.inputs, before.inputs);
    shorten(program_.outputs, before.outputs);
    shorten(program_.definitions, before.definitions);
    shorten(program_.schedules, before.schedules);
    tokens_.skip_statement();
  }

  /// The statement is complete, but more follows.
  void fail_to_end() {
    const bool follows_reducer = is_reducer_subscript(program_.nodes);
    Report& report = tokens_.fail_expected("an operator or the end of the statement");
    if (tokens_.peek().is("=")) report.suggest("equality is written ==");
    if (follows_reducer) report.suggest("a reduction is written sum[k](x[k])");
  }

  void parse_statement();
  bool at_keyword(std::string_view keyword) const;
  bool refuse_unsupported_statement();
  void parse_inputs(syntax::Residence residence);
  void parse_outputs();
  void parse_schedule_text();

  void parse_definition();

  TokenReader tokens_;
  syntax::Program program_;
};

void Parser::parse_statement() {
  if (refuse_unsupported_statement()) return;
  if (at_keyword("input")) return parse_inputs(syntax::Residence::per_run);
  if (at_keyword("param")) return parse_inputs(syntax::Residence::resident);
  if (at_keyword("output")) return parse_outputs();
  if (at_keyword("schedule")) return parse_schedule_text();
  parse_definition();
}

/// 1.3: a keyword stands before a name or a string; anything else makes it a name.
bool Parser::at_keyword(std::string_view keyword) const {
  const TokenKind next = tokens_.peek(1).kind;
  return tokens_.peek().is(keyword) && (next == TokenKind::name || next == TokenKind::text);
}

bool Parser::refuse_unsupported_statement() {
  for (const UnsupportedStatement& each : unsupported_statements) {
    // What is asserted may begin with a bracket or a number; a definition never goes on like that.
    const Token& next = tokens_.peek(1);
    const bool is_assertion = each.keyword == "assert" && tokens_.peek().is("assert") &&
                              (next.is("(") || next.is("-") || next.kind == TokenKind::integer);
    if (!at_keyword(each.keyword) && !is_assertion) continue;
    tokens_.fail_unsupported(tokens_.peek().span, each.construct);
    return true;
  }
  return false;
}

void Parser::parse_inputs(syntax::Residence residence) {
  tokens_.next();
  do {
    const auto name = parse_name(tokens_, "the name of an input");
    if (!name) return;
    if (!tokens_.accept(":")) {
      tokens_.fail_expected(fmt::format("':' and the type of '{}'", name->text))
          .suggest(fmt::format("write {}: f32[M, N], for example", name->text));
      return;
    }
    auto type = parse_type(tokens_, program_.nodes);
    if (!type) return;
    program_.inputs.push_back({std::string(name->text), name->span, std::move(*type), residence});
  } while (tokens_.accept(","));
}

void Parser::parse_outputs() {
  tokens_.next();
  if (is_definition(tokens_)) {
    const Token name = tokens_.peek();
    program_.outputs.push_back({std::string(name.text), name.span});
    return parse_definition();
  }
  do {
    const auto name = parse_name(tokens_, "the name of an output");
    if (!name) return;
    program_.outputs.push_back({std::string(name->text), name->span});
  } while (tokens_.accept(","));
}

void Parser::parse_schedule_text() {
  const Token keyword = tokens_.next();
  while (!tokens_.at_statement_end() && !tokens_.peek().is("{"))
    tokens_.next();
  if (!tokens_.peek().is("{")) {
    tokens_.fail_expected("'{'").suggest("a schedule is written schedule NAME { .. }");
    return;
  }
  const auto length = tokens_.closing();
  if (!length) {
    tokens_.fail(DiagnosticKind::syntax, tokens_.peek().span, "'{' is not closed");
    return;
  }
  const Span text = join(keyword.span, tokens_.peek(*length).span);
  for (std::size_t i = 0; i <= *length; ++i)
    tokens_.next();
  // What the lexer has reported would be reported again by who reads the text.
  if (!tokens_.has_lexical_error(text)) program_.schedules.push_back({text});
}

void Parser::parse_definition() {
  auto definition = tcc::parse_definition(tokens_, program_.nodes);
  if (definition) program_.definitions.push_back(std::move(*definition));
}

}  // namespace

syntax::Program parse(const SourceMap& sources, SourceId source, Diagnostics& diagnostics) {
  return Parser(sources, source, diagnostics).parse();
}

}  // namespace tcc

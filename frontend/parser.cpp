// Statements of programs (language section 3).
//
//   statement  ::= ("input" | "param") name ":" type {"," name ":" type}
//                | "const" name "=" expression
//                | "assert" expression
//                | "import" text
//                | "def" name "(" [parameter {"," parameter}] ")" ("=" expression | block)
//                | "output" name {"," name}
//                | ["output"] definition
//                | "update" definition                            without a type
//                | "schedule" .. "{" .. "}"                         kept as text
//   definition ::= name ["[" variable {"," variable} "]"] [":" type] "=" expression
//                | name "," name {"," name} "=" expression
//   parameter  ::= name ["=" expression]
//   block      ::= "{" {definition} "return" expression {"," expression} "}"
//   variable   ::= name ["in" expression ":" expression]
//   type       ::= element type ["[" expression {"," expression} "]"]
#include "frontend/parser.h"

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "frontend/parser_definition.h"
#include "frontend/parser_expr.h"
#include "frontend/parser_function.h"
#include "frontend/parser_tokens.h"
#include "frontend/parser_types.h"

namespace tcc {

namespace {

/// What a statement has added, so that it can be taken back.
struct Sizes {
  std::size_t nodes;
  std::size_t imports;
  std::size_t constants;
  std::size_t assertions;
  std::size_t functions;
  std::size_t inputs;
  std::size_t outputs;
  std::size_t updates;
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
  return base != nullptr && (base->name == "mean" || find_reducer(base->name));
}

class Parser {
 public:
  Parser(const SourceMap& sources, SourceId source, Diagnostics& diagnostics,
         syntax::Program program)
      : tokens_(sources, source, diagnostics), program_(std::move(program)) {}

  syntax::Program parse() {
    for (tokens_.begin_statement(); !tokens_.at_end(); tokens_.begin_statement()) {
      const Sizes before = {program_.nodes.size(),       program_.imports.size(),
                            program_.constants.size(),   program_.assertions.size(),
                            program_.functions.size(),   program_.inputs.size(),
                            program_.outputs.size(),     program_.updates.size(),
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
    shorten(program_.imports, before.imports);
    shorten(program_.constants, before.constants);
    shorten(program_.assertions, before.assertions);
    shorten(program_.functions, before.functions);
    shorten(program_.inputs, before.inputs);
    shorten(program_.outputs, before.outputs);
    shorten(program_.updates, before.updates);
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
  bool at_assertion() const;
  void parse_import();
  void parse_constant();
  void parse_assertion();
  void parse_inputs(syntax::Residence residence);
  void parse_outputs();
  void parse_update();
  void name_next_value(std::string& name, Span span);
  void parse_schedule_text();

  void parse_definition();
  void parse_function();

  TokenReader tokens_;
  syntax::Program program_;
  std::map<std::string, Span> updated_;  ///< params, where they are first
};

void Parser::parse_statement() {
  if (at_keyword("input")) return parse_inputs(syntax::Residence::per_run);
  if (at_keyword("param")) return parse_inputs(syntax::Residence::resident);
  if (at_keyword("const")) return parse_constant();
  if (at_assertion()) return parse_assertion();
  if (at_keyword("import")) return parse_import();
  if (at_keyword("def")) return parse_function();
  if (at_keyword("output")) return parse_outputs();
  if (at_keyword("update")) return parse_update();
  if (at_keyword("schedule")) return parse_schedule_text();
  parse_definition();
}

/// 1.3: a keyword stands before a name or a string; anything else makes it a name.
bool Parser::at_keyword(std::string_view keyword) const {
  const TokenKind next = tokens_.peek(1).kind;
  return tokens_.peek().is(keyword) && (next == TokenKind::name || next == TokenKind::text);
}

/// What is asserted may begin with a bracket or a number; a definition never goes on like that.
bool Parser::at_assertion() const {
  const Token& next = tokens_.peek(1);
  const bool starts_value = next.is("(") || next.is("-") || next.kind == TokenKind::integer;
  return at_keyword("assert") || (tokens_.peek().is("assert") && starts_value);
}

void Parser::parse_import() {
  tokens_.next();
  const Token text = tokens_.next();
  if (text.kind != TokenKind::text) {
    tokens_.fail(DiagnosticKind::syntax, text.span, "expected the path of a file")
        .suggest("write import \"layers.tc\"");
    return;
  }
  program_.imports.push_back({std::string(text.text.substr(1, text.text.size() - 2)), text.span});
}

void Parser::parse_constant() {
  tokens_.next();
  const auto name = parse_name(tokens_, "the name of a constant");
  if (!name) return;
  tokens_.expect("=");
  if (tokens_.failed()) return;
  if (const auto value = parse_expression(tokens_, program_.nodes)) {
    program_.constants.push_back({std::string(name->text), name->span, *value});
  }
}

void Parser::parse_assertion() {
  tokens_.next();
  if (const auto condition = parse_expression(tokens_, program_.nodes)) {
    program_.assertions.push_back({*condition});
  }
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
    parse_definition();
    if (tokens_.failed()) return;
    for (const syntax::ResultName& result : program_.definitions.back().further_results)
      program_.outputs.push_back({result.name, result.span});
    return;
  }
  do {
    const auto name = parse_name(tokens_, "the name of an output");
    if (!name) return;
    program_.outputs.push_back({std::string(name->text), name->span});
  } while (tokens_.accept(","));
}

/// The definition of the params' next values.
void Parser::parse_update() {
  tokens_.next();
  auto definition = tcc::parse_definition(tokens_, program_.nodes);
  if (!definition) return;
  if (definition->type) {
    tokens_
        .fail(DiagnosticKind::syntax, definition->type->span, "an update has the type of its param")
        .suggest("leave the type out, as in update W = W - g");
    return;
  }
  name_next_value(definition->name, definition->span);
  for (syntax::ResultName& result : definition->further_results)
    name_next_value(result.name, result.span);
  program_.definitions.push_back(std::move(*definition));
}

void Parser::name_next_value(std::string& name, Span span) {
  const auto [first, is_new] = updated_.emplace(name, span);
  if (!is_new) {
    tokens_.fail(DiagnosticKind::redefinition, span, fmt::format("'{}' is updated twice", name))
        .note("it is first updated here", first->second);
    return;
  }
  program_.updates.push_back({name, span});
  name = syntax::next_value_name(name);
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

void Parser::parse_function() {
  const std::size_t nodes = program_.nodes.size();
  auto function = tcc::parse_function(tokens_, program_.nodes);
  if (function) {
    program_.functions.push_back(std::move(*function));
  } else {
    shorten(program_.nodes, nodes);  // a mistake inside of it may be over
  }
}

}  // namespace

syntax::Program parse(const SourceMap& sources, SourceId source, Diagnostics& diagnostics) {
  return Parser(sources, source, diagnostics, {}).parse();
}

void parse_into(syntax::Program& program, const SourceMap& sources, SourceId source,
                Diagnostics& diagnostics) {
  const std::size_t inputs = program.inputs.size();
  const std::size_t outputs = program.outputs.size();
  const std::size_t updates = program.updates.size();
  const std::size_t definitions = program.definitions.size();
  const std::size_t assertions = program.assertions.size();
  const std::size_t schedules = program.schedules.size();
  program = Parser(sources, source, diagnostics, std::move(program)).parse();
  shorten(program.inputs, inputs);
  shorten(program.outputs, outputs);
  shorten(program.updates, updates);
  shorten(program.definitions, definitions);
  shorten(program.assertions, assertions);
  shorten(program.schedules, schedules);
}

}  // namespace tcc

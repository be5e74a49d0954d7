// Left sides, and the expressions they name.
#include "frontend/parser_definition.h"

#include <fmt/format.h>

#include "frontend/parser_expr.h"
#include "frontend/parser_types.h"

namespace tcc {

namespace {

/// {"," name} "=" from the token `at`.
bool more_results(const TokenReader& tokens, std::size_t at) {
  if (!tokens.peek(at).is(",")) return false;
  while (tokens.peek(at).is(",") && tokens.peek(at + 1).kind == TokenKind::name)
    at += 2;
  return tokens.peek(at).is("=");
}

class DefinitionParser {
 public:
  DefinitionParser(TokenReader& tokens, std::vector<syntax::Node>& nodes)
      : tokens_(tokens), nodes_(nodes) {}

  std::optional<syntax::Definition> parse() {
    if (tokens_.peek().kind != TokenKind::name) tokens_.fail_expected("a statement");
    const auto name = parse_name(tokens_, "the name of a tensor");
    if (!name) return {};
    syntax::Definition definition{std::string(name->text), name->span, {}, {}, {}, 0, {}};
    if (more_results(tokens_, 0)) parse_further_results(definition);
    if (tokens_.accept("[")) definition.bindings = parse_variables();
    if (!tokens_.failed() && tokens_.accept(":")) definition.type = parse_type(tokens_, nodes_);
    if (!tokens_.failed()) take_equals(definition);
    if (tokens_.failed()) return {};
    const auto value = parse_expression(tokens_, nodes_);
    if (!value) return {};
    definition.value = *value;
    return definition;
  }

 private:
  void parse_further_results(syntax::Definition& definition) {
    while (tokens_.accept(",")) {
      const auto name = parse_name(tokens_, "the name of a tensor");
      if (!name) return;
      definition.further_results.push_back({std::string(name->text), name->span});
    }
  }

  /// Up to the `]`. What is parsed is of no use where a mistake was found.
  std::vector<syntax::IndexBinding> parse_variables() {
    std::vector<syntax::IndexBinding> variables;
    do {
      auto variable = parse_left_variable();
      if (!variable) return {};
      variables.push_back(std::move(*variable));
    } while (tokens_.accept(","));
    if (!tokens_.accept("]")) tokens_.fail_expected("',', 'in' or ']'");
    return variables;
  }

  std::optional<syntax::IndexBinding> parse_left_variable() {
    if (refuse_other_index()) return {};
    auto variable = parse_variable(tokens_);
    if (!variable || !tokens_.accept("in")) return variable;
    variable->begin = parse_expression(tokens_, nodes_);
    if (!variable->begin) return {};
    if (!tokens_.accept(":")) {
      tokens_.fail_expected("':' and the end of the range");
      return {};
    }
    variable->end = parse_expression(tokens_, nodes_);
    if (!variable->end) return {};
    return variable;
  }

  /// The base planes of a recurrence, h[0, j] (6.8), and computed indices, H[ids[i]] (6.7).
  bool refuse_other_index() {
    const Token& token = tokens_.peek();
    const Token& next = tokens_.peek(1);
    if (token.kind == TokenKind::integer || token.is("-")) {
      tokens_.fail_unsupported(token.span, "recurrences (a number left of '=')");
      return true;
    }
    const bool goes_on = next.kind == TokenKind::symbol && !next.is(",") && !next.is("]") &&
                         !next.is(")") && !next.is(":") && !next.is("=");
    if (token.kind != TokenKind::name || !goes_on) return false;
    tokens_.fail_unsupported(join(token.span, next.span), "computed indices left of '='");
    return true;
  }

  void take_equals(const syntax::Definition& definition) {
    if (tokens_.accept("=")) return;
    const Token token = tokens_.peek();
    const bool is_plain = !definition.bindings && !definition.type;
    const bool is_extremum = (token.is("max") || token.is("min")) && tokens_.peek(1).is("=");
    if (!is_plain && (token.is("+=") || is_extremum)) {
      tokens_.fail_unsupported(
          token.span, fmt::format("accumulations ('{}{}')", token.text, is_extremum ? "=" : ""));
    } else {
      fail_no_statement(definition, token);
    }
  }

  /// `inptu A: f32` is a keyword with a slip of the pen.
  void fail_no_statement(const syntax::Definition& definition, const Token& found) {
    static const std::vector<std::string> keywords = {"input", "param", "output", "update",
                                                      "schedule"};
    const auto keyword = found.kind == TokenKind::name ? closest_name(definition.name, keywords)
                                                       : std::optional<std::string>();
    tokens_.fail_expected("'='").suggest(
        keyword ? fmt::format("did you mean '{}'?", *keyword)
                : "a statement gives a name to a value, as in C = A @ B");
  }

  TokenReader& tokens_;
  std::vector<syntax::Node>& nodes_;
};

}  // namespace

std::optional<syntax::Definition> parse_definition(TokenReader& tokens,
                                                   std::vector<syntax::Node>& nodes) {
  return DefinitionParser(tokens, nodes).parse();
}

bool is_definition(const TokenReader& tokens) {
  const Token& next = tokens.peek(1);
  return next.is("=") || next.is("[") || next.is(":") || next.is("+=") || more_results(tokens, 1);
}

}  // namespace tcc

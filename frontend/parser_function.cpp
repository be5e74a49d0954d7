// Functions: parameters, a block of definitions, results.
#include "frontend/parser_function.h"

#include <fmt/format.h>

#include "frontend/parser_definition.h"
#include "frontend/parser_expr.h"
#include "frontend/parser_types.h"

namespace tcc {

namespace {

class FunctionParser {
 public:
  FunctionParser(TokenReader& tokens, std::vector<syntax::Node>& nodes)
      : tokens_(tokens), nodes_(nodes) {}

  std::optional<syntax::Function> parse() {
    tokens_.next();
    const auto name = parse_name(tokens_, "the name of a function");
    if (!name) return {};
    function_.name = name->text;
    function_.span = name->span;
    parse_parameters();
    if (tokens_.failed()) return {};
    if (tokens_.accept("=")) {
      parse_results();
    } else if (tokens_.peek().is("{")) {
      parse_block();
    } else {
      tokens_.fail_expected("'=' or '{'").suggest("write def sq(x) = x * x");
    }
    if (tokens_.failed() || has_failed_) return {};
    return std::move(function_);
  }

 private:
  void parse_parameters() {
    tokens_.expect("(");
    if (tokens_.failed() || tokens_.accept(")")) return;
    do {
      const auto name = parse_name(tokens_, "the name of a parameter");
      if (!name || !is_new_parameter(*name)) return;
      syntax::Parameter parameter{std::string(name->text), name->span, {}};
      if (tokens_.accept("=")) parameter.value = parse_expression(tokens_, nodes_);
      if (tokens_.failed()) return;
      function_.parameters.push_back(std::move(parameter));
    } while (tokens_.accept(","));
    if (!tokens_.accept(")")) tokens_.fail_expected("',' or ')'");
  }

  bool is_new_parameter(const Token& name) {
    for (const syntax::Parameter& parameter : function_.parameters) {
      if (parameter.name != name.text) continue;
      tokens_
          .fail(DiagnosticKind::redefinition, name.span,
                fmt::format("parameter '{}' is there twice", name.text))
          .note("it is first here", parameter.span);
      return false;
    }
    return true;
  }

  void parse_results() {
    do {
      const auto result = parse_expression(tokens_, nodes_);
      if (!result) return;
      function_.results.push_back(*result);
    } while (tokens_.accept(","));
  }

  /// Each statement reports for itself; the `}` is found in any case.
  void parse_block() {
    tokens_.next();
    tokens_.enter_block();
    for (tokens_.begin_statement(); !tokens_.at_end() && !tokens_.peek().is("}");
         tokens_.begin_statement()) {
      parse_block_statement();
      if (!tokens_.failed() && !tokens_.at_statement_end()) {
        tokens_.fail_expected("an operator or the end of the statement");
      }
      has_failed_ = has_failed_ || tokens_.failed();
      if (tokens_.failed()) tokens_.skip_statement();
    }
    tokens_.leave_block();
    tokens_.expect("}");
    if (tokens_.failed() || has_failed_ || !function_.results.empty()) return;
    tokens_.fail(DiagnosticKind::syntax, function_.span, "the function has no result")
        .suggest("end it with return");
  }

  void parse_block_statement() {
    const bool is_return = tokens_.peek().is("return") && !is_definition(tokens_);
    if (!function_.results.empty()) {
      tokens_.fail(DiagnosticKind::syntax, tokens_.peek().span, "a statement after 'return'");
    } else if (is_return) {
      tokens_.next();
      parse_results();
    } else if (auto definition = parse_definition(tokens_, nodes_)) {
      function_.definitions.push_back(std::move(*definition));
    }
  }

  TokenReader& tokens_;
  std::vector<syntax::Node>& nodes_;
  syntax::Function function_;
  bool has_failed_ = false;
};

}  // namespace

std::optional<syntax::Function> parse_function(TokenReader& tokens,
                                               std::vector<syntax::Node>& nodes) {
  return FunctionParser(tokens, nodes).parse();
}

}  // namespace tcc

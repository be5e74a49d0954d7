// Names and types.
#include "frontend/parser_types.h"

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "frontend/parser_expr.h"

namespace tcc {

namespace {

constexpr std::string_view element_types =
    "element types are bool i8 i16 i32 i64 u8 u16 u32 u64 f16 bf16 f32 f64";

std::optional<DType> parse_element_type(TokenReader& tokens) {
  const Token token = tokens.peek();
  if (token.kind != TokenKind::name) {
    tokens.fail_expected("an element type").suggest(std::string(element_types));
    return {};
  }
  const auto dtype = parse_dtype(token.text);
  if (dtype) {
    tokens.next();
  } else if (token.is("f8e4m3") || token.is("f8e5m2")) {
    tokens.fail_unsupported(token.span, fmt::format("tensors of {}", token.text));
  } else {
    tokens
        .fail(DiagnosticKind::syntax, token.span,
              fmt::format("there is no element type '{}'", token.text))
        .suggest(std::string(element_types));
  }
  return dtype;
}

}  // namespace

std::optional<Token> parse_name(TokenReader& tokens, std::string_view what) {
  const Token token = tokens.peek();
  if (token.kind == TokenKind::name && !is_reserved(token.text)) return tokens.next();
  tokens.fail_expected(what);
  return {};
}

std::optional<syntax::TypeSyntax> parse_type(TokenReader& tokens,
                                             std::vector<syntax::Node>& nodes) {
  const Span span = tokens.peek().span;
  const auto dtype = parse_element_type(tokens);
  if (!dtype) return {};
  syntax::TypeSyntax type{*dtype, {}, span};
  if (!tokens.accept("[")) return type;
  if (tokens.peek().is("]")) {
    tokens.fail_expected("an extent")
        .suggest(fmt::format("the type of a scalar is {} alone", name_of(*dtype)));
    return {};
  }
  do {
    const auto extent = parse_expression(tokens, nodes);
    if (!extent) return {};
    type.extents.push_back(*extent);
  } while (tokens.accept(","));
  if (!tokens.peek().is("]")) {
    tokens.fail_expected("',' or ']'");
    return {};
  }
  type.span = join(span, tokens.next().span);
  return type;
}

}  // namespace tcc

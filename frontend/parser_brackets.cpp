// Brackets of expressions: groups, calls, lists, subscripts and reductions.
#include <fmt/format.h>

#include "frontend/expression_parser.h"
#include "frontend/parser_expr.h"

namespace tcc {

using syntax::NodeId;

std::string_view ExpressionParser::closing_text() const {
  if (brackets_.empty()) return "";
  const Kind kind = brackets_.back().kind;
  const bool square = kind == Kind::list || kind == Kind::subscript || kind == Kind::variables;
  return square ? "]" : ")";
}

/// What stands in a bracket is complete, but what follows neither continues nor closes it.
void ExpressionParser::fail_inside() {
  const bool holds_one = is_open(Kind::group) || is_open(Kind::body);
  tokens_.fail_expected(fmt::format("{}'{}'", holds_one ? "" : "',' or ", closing_text()));
}

void ExpressionParser::take_comma() {
  switch (brackets_.back().kind) {
    case Kind::group:
    case Kind::body: return fail_inside();
    case Kind::variables:
      end_range();
      tokens_.next();
      return tokens_.failed() ? void() : begin_variables();
    case Kind::call:
      end_part();
      tokens_.next();
      return begin_argument();
    case Kind::list:
    case Kind::subscript:
      end_part();
      tokens_.next();
      wants_operand_ = true;
  }
}

/// Where nothing but the parts of a slice stand in an index so far.
bool ExpressionParser::may_end_slice() const {
  return is_open(Kind::subscript) && !brackets_.back().slice.empty() &&
         operators_.size() == waiting_outside();
}

/// The last part of a slice is complete, or there is none.
void ExpressionParser::end_slice() {
  OpenBracket& bracket = brackets_.back();
  auto parts = std::move(bracket.slice);
  bracket.slice.clear();
  parts.push_back(wants_operand_ ? std::optional<NodeId>() : pop_operand().node);
  parts.resize(3);
  Span span = bracket.colon;
  auto first = static_cast<NodeId>(nodes_.size());
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!*part) continue;
    first = nodes_[**part].first;
    span = join(span, nodes_[**part].span);
  }
  push(span, bracket.colon, first, syntax::Slice{parts[0], parts[1], parts[2]});
}

/// In `sum[k in begin:end](..)` the begin is complete, in x[begin:end:step] a part, if any.
void ExpressionParser::take_colon() {
  if (is_open(Kind::subscript)) {
    apply_operators(0);
    if (tokens_.failed()) return;
    OpenBracket& bracket = brackets_.back();
    if (bracket.slice.size() == 2) {
      tokens_.fail(DiagnosticKind::syntax, tokens_.peek().span, "a slice has three parts at most")
          .suggest("write begin:end:step");
      return;
    }
    bracket.slice.push_back(wants_operand_ ? std::optional<NodeId>() : pop_operand().node);
    if (bracket.slice.size() == 1) bracket.colon = tokens_.peek().span;
    tokens_.next();
    wants_operand_ = true;
    return;
  }
  if (!is_open(Kind::variables) || brackets_.back().variables.back().begin) return fail_inside();
  apply_operators(0);
  if (tokens_.failed()) return;
  brackets_.back().variables.back().begin = pop_operand().node;
  tokens_.next();
  wants_operand_ = true;
}

/// Opens the bracket that is next. `name_span` is where its text begins.
void ExpressionParser::open(Kind kind, Span name_span, std::string name) {
  const Span span = tokens_.next().span;
  const auto first = static_cast<NodeId>(nodes_.size());
  brackets_.push_back(
      {kind, span, first, operators_.size(), std::move(name), name_span, {}, {}, {}, {}, {}});
  wants_operand_ = true;
  if (kind == Kind::variables) return begin_variables();
  if (kind == Kind::call && !tokens_.peek().is(")")) return begin_argument();
  const bool is_empty =
      (kind == Kind::call || kind == Kind::list) && tokens_.peek().is(closing_text());
  if (is_empty) close();
}

/// name = value, or a value
void ExpressionParser::begin_argument() {
  OpenBracket& call = brackets_.back();
  wants_operand_ = true;
  if (tokens_.peek().kind == TokenKind::name && tokens_.peek(1).is("=")) {
    const Token name = tokens_.next();
    tokens_.next();
    call.keywords.push_back({std::string(name.text), name.span, 0});
  } else if (!call.keywords.empty() && !tokens_.peek().is(")")) {
    tokens_.fail(DiagnosticKind::syntax, tokens_.peek().span,
                 "an argument without a name after one with a name");
  }
}

/// Variables without a range, up to the first with one, whose begin then is an operand.
void ExpressionParser::begin_variables() {
  std::vector<syntax::IndexBinding>& variables = brackets_.back().variables;
  wants_operand_ = true;
  for (;;) {
    auto variable = parse_variable(tokens_);
    if (!variable) return;
    variables.push_back(std::move(*variable));
    if (tokens_.accept("in")) return;
    if (!tokens_.accept(",")) break;
  }
  if (tokens_.peek().is("]")) return close();
  tokens_.fail_expected("',', 'in' or ']'");
}

/// An argument, an element or an index is complete.
void ExpressionParser::end_part() {
  apply_operators(0);
  if (tokens_.failed()) return;
  if (!brackets_.back().slice.empty()) end_slice();
  OpenBracket& bracket = brackets_.back();
  const NodeId part = pop_operand().node;
  if (bracket.keywords.empty()) {
    bracket.parts.push_back(part);
  } else {
    bracket.keywords.back().value = part;
  }
}

/// The end of a variable's range is complete.
void ExpressionParser::end_range() {
  syntax::IndexBinding& variable = brackets_.back().variables.back();
  if (!variable.begin) {
    tokens_.fail_expected("':' and the end of the range");
    return;
  }
  apply_operators(0);
  if (tokens_.failed()) return;
  variable.end = pop_operand().node;
}

/// The closing bracket is next. Where an operand is wanted, there is none at all.
void ExpressionParser::close() {
  if (is_open(Kind::variables)) return close_variables();
  if (is_open(Kind::group) || is_open(Kind::body)) {
    apply_operators(0);
  } else if (!wants_operand_ || !brackets_.back().slice.empty()) {
    end_part();
  }
  if (tokens_.failed()) return;
  OpenBracket bracket = std::move(brackets_.back());
  brackets_.pop_back();
  wants_operand_ = false;
  push(std::move(bracket), tokens_.next().span);
}

/// Of `sum[k](`: the `(` was seen to follow. Where an operand is wanted, there is no range.
void ExpressionParser::close_variables() {
  if (!wants_operand_) end_range();
  if (tokens_.failed()) return;
  tokens_.next();
  brackets_.back().span = tokens_.next().span;
  brackets_.back().kind = Kind::body;
  wants_operand_ = true;
}

void ExpressionParser::push(OpenBracket bracket, Span end) {
  const Span span = join(bracket.name_span, end);
  switch (bracket.kind) {
    case Kind::group: operands_.back().span = span; return;
    case Kind::call:
      return push(span, bracket.name_span, bracket.first,
                  syntax::Call{std::move(bracket.name), bracket.name_span, std::move(bracket.parts),
                               std::move(bracket.keywords), 0, 1});
    case Kind::list:
      return push(span, bracket.span, bracket.first, syntax::List{std::move(bracket.parts)});
    case Kind::subscript: {
      const NodeId base = pop_operand().node;
      return push(span, bracket.span, nodes_[base].first,
                  syntax::Subscript{base, std::move(bracket.parts)});
    }
    case Kind::variables:
    case Kind::body: {
      const NodeId body = pop_operand().node;
      return push(span, bracket.name_span, bracket.first,
                  syntax::Reduction{std::move(bracket.name), bracket.name_span,
                                    std::move(bracket.variables), body});
    }
  }
}

}  // namespace tcc

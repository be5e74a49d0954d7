// Operands, operators, and the nodes they become.
#include "frontend/parser_expr.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include "frontend/expression_parser.h"

namespace tcc {

using syntax::NodeId;

namespace {

constexpr std::size_t max_nodes = std::size_t{1} << 21;

}  // namespace

std::optional<NodeId> ExpressionParser::parse() {
  while (!tokens_.failed()) {
    if (wants_operand_) {
      take_operand();
    } else if (!take_operator()) {
      break;
    }
  }
  apply_operators(0);
  if (tokens_.failed()) return {};
  return operands_.back().node;
}

void ExpressionParser::take_operand() {
  switch (tokens_.peek().kind) {
    case TokenKind::integer:
    case TokenKind::floating: return take_literal();
    case TokenKind::name: return take_name();
    case TokenKind::symbol: return take_symbol();
    case TokenKind::text: return take_text();
    default: tokens_.fail_expected("an expression");
  }
}

/// A text is an argument by itself.
void ExpressionParser::take_text() {
  if (!is_open(Kind::call) || operators_.size() != waiting_outside()) {
    tokens_.fail_expected("an expression");
    return;
  }
  const Token token = tokens_.next();
  wants_operand_ = false;
  push_leaf(token, syntax::Text{std::string(token.text.substr(1, token.text.size() - 2))});
}

void ExpressionParser::take_literal() {
  const Token token = tokens_.next();
  wants_operand_ = false;
  if (token.kind == TokenKind::floating) {
    const double value = floating_value(token.text);
    if (std::isfinite(value)) return push_leaf(token, syntax::FloatLiteral{value});
    tokens_.fail(DiagnosticKind::limit, token.span,
                 fmt::format("the number {} is too large for f64", token.text));
  } else if (const auto value = integer_value(token.text)) {
    push_leaf(token, syntax::IntegerLiteral{*value});
  } else {
    tokens_.fail(DiagnosticKind::limit, token.span,
                 fmt::format("the number {} is over 64 bits", token.text));
  }
}

void ExpressionParser::take_name() {
  const Token token = tokens_.peek();
  if (token.text == "not") return take_not();
  if (token.text == "and" || token.text == "or") {
    tokens_.fail_expected("an expression");
    return;
  }
  tokens_.next();
  wants_operand_ = false;
  const auto bracket_end = tokens_.closing();
  const bool is_reduction =
      tokens_.peek().is("[") && bracket_end && tokens_.peek(*bracket_end + 1).is("(");
  if (tokens_.peek().is("(")) return open(Kind::call, token.span, std::string(token.text));
  if (is_reduction) return open(Kind::variables, token.span, std::string(token.text));

  using Limits = std::numeric_limits<double>;
  if (token.text == "None") {
    push_leaf(token, syntax::NewAxis{});
  } else if (token.text == "true" || token.text == "false") {
    push_leaf(token, syntax::BoolLiteral{token.text == "true"});
  } else if (token.text == "inf") {
    push_leaf(token, syntax::FloatLiteral{Limits::infinity()});
  } else if (token.text == "nan") {
    push_leaf(token, syntax::FloatLiteral{Limits::quiet_NaN()});
  } else if (token.text == "pi") {
    push_leaf(token, syntax::FloatLiteral{std::numbers::pi});
  } else {
    push_leaf(token, syntax::Name{std::string(token.text)});
  }
}

void ExpressionParser::take_symbol() {
  const Token& token = tokens_.peek();
  if (token.is("-")) return take_prefix(Op::negate);
  if (token.is("~")) return take_prefix(Op::bit_not);
  if (token.is("(")) return open(Kind::group, token.span);
  if (token.is("[") && may_be_list()) return open(Kind::list, token.span);
  if (may_end_slice() && token.is(",")) return take_comma();
  if (may_end_slice() && token.is("]")) return close();
  const bool stands_alone = is_open(Kind::subscript) && operators_.size() == waiting_outside();
  if (stands_alone && token.is(":")) return take_colon();
  if (stands_alone && token.is("...")) {
    wants_operand_ = false;
    return push_leaf(tokens_.next(), syntax::Ellipsis{});
  }
  Report& report = tokens_.fail_expected("an expression");
  if (token.is("[")) report.suggest("a list is an argument by itself, as in max(x, [0, 1])");
}

/// A list is an argument or an element of another list, and nothing stands before it.
bool ExpressionParser::may_be_list() const {
  return (is_open(Kind::call) || is_open(Kind::list)) && operators_.size() == waiting_outside();
}

/// `not` binds looser than what may stand before it: `a + not b` reads as nothing.
void ExpressionParser::take_not() {
  const WaitingOperator* before =
      operators_.size() > waiting_outside() ? &operators_.back() : nullptr;
  if (before && before->precedence > info_of(Op::logical_not).precedence) {
    tokens_.fail_expected("an operand that binds tighter than 'not'")
        .suggest("write it in parentheses, as in (not x)");
    return;
  }
  take_prefix(Op::logical_not);
}

void ExpressionParser::take_prefix(Op op) {
  operators_.push_back({op, 1, info_of(op).precedence, tokens_.next().span});
}

bool ExpressionParser::take_operator() {
  const Token& token = tokens_.peek();
  if (token.kind != TokenKind::symbol && token.kind != TokenKind::name) {
    if (!brackets_.empty()) fail_inside();
    return false;
  }
  const bool after_list = std::holds_alternative<syntax::List>(nodes_.back().value);
  if (token.is(",") && !brackets_.empty()) {
    take_comma();
  } else if (token.is(closing_text())) {
    close();
  } else if (after_list) {
    fail_inside();
  } else if (token.is("[")) {
    const Operand base = operands_.back();
    open(Kind::subscript, base.span);
  } else if (token.is(".")) {
    take_attribute();
  } else if (token.is(":") && !brackets_.empty()) {
    take_colon();
  } else if (!take_infix()) {
    if (!brackets_.empty()) fail_inside();
    return false;
  }
  return true;
}

bool ExpressionParser::take_infix() {
  const Token& token = tokens_.peek();
  if (token.is("@")) {
    take_infix(std::nullopt, precedence_matmul);
    return true;
  }
  const auto op = find_operator(token.text, Notation::infix);
  if (op) take_infix(op, info_of(*op).precedence);
  return op.has_value();
}

void ExpressionParser::take_infix(std::optional<Op> op, int precedence) {
  apply_operators(precedence + 1);
  if (precedence == precedence_comparison && operators_.size() > waiting_outside() &&
      operators_.back().precedence == precedence_comparison) {
    const Span first = operators_.back().span;
    tokens_.fail(DiagnosticKind::syntax, tokens_.peek().span, "comparisons do not chain")
        .note("the one before it", first)
        .suggest("write a < b and b < c");
    return;
  }
  if (precedence != precedence_power) apply_operators(precedence);  // `**` groups to the right
  operators_.push_back({op, 2, precedence, tokens_.next().span});
  wants_operand_ = true;
}

void ExpressionParser::take_attribute() {
  tokens_.next();
  const Token token = tokens_.peek();
  if (token.kind != TokenKind::name) {
    tokens_.fail_expected("a name after '.'").suggest("a tensor has x.T and x.shape");
    return;
  }
  tokens_.next();
  const Operand base = pop_operand();
  push(join(base.span, token.span), token.span, nodes_[base.node].first,
       syntax::Attribute{base.node, std::string(token.text)});
}

void ExpressionParser::push(Span span, Span operator_span, NodeId first, NodeValue value) {
  if (nodes_.size() >= max_nodes) {
    tokens_.fail(DiagnosticKind::limit, operator_span,
                 fmt::format("the program has over {} operands and operators", max_nodes));
    return;
  }
  nodes_.push_back({span, operator_span, first, std::move(value)});
  operands_.push_back({static_cast<NodeId>(nodes_.size() - 1), span});
}

Operand ExpressionParser::pop_operand() {
  const Operand operand = operands_.back();
  operands_.pop_back();
  return operand;
}

void ExpressionParser::apply_operators(int precedence) {
  while (!tokens_.failed() && operators_.size() > waiting_outside() &&
         operators_.back().precedence >= precedence) {
    const WaitingOperator op = operators_.back();
    operators_.pop_back();
    apply(op);
  }
}

void ExpressionParser::apply(const WaitingOperator& op) {
  const Operand rhs = pop_operand();
  if (op.arity == 1) {
    return push(join(op.span, rhs.span), op.span, nodes_[rhs.node].first,
                syntax::Operation{*op.op, {rhs.node}});
  }
  const Operand lhs = pop_operand();
  const Span span = join(lhs.span, rhs.span);
  const NodeId first = nodes_[lhs.node].first;
  if (!op.op) return push(span, op.span, first, syntax::MatMul{lhs.node, rhs.node});
  push(span, op.span, first, syntax::Operation{*op.op, {lhs.node, rhs.node}});
}

std::optional<NodeId> parse_expression(TokenReader& tokens, std::vector<syntax::Node>& nodes) {
  return ExpressionParser(tokens, nodes).parse();
}

std::optional<syntax::IndexBinding> parse_variable(TokenReader& tokens) {
  const Token token = tokens.peek();
  if (token.kind != TokenKind::name || is_reserved(token.text)) {
    tokens.fail_expected("an index variable");
    return {};
  }
  tokens.next();
  return syntax::IndexBinding{std::string(token.text), token.span, {}, {}};
}

}  // namespace tcc

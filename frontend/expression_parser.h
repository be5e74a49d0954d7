// Operator precedence parsing of expressions. Operands wait on one stack; operators, which are
// applied as soon as nothing that follows binds tighter, on another; open brackets on a third. So
// the depth of a text costs no stack, and nodes are appended as the tree wants them: operands
// before their operator. Private to parser_expr.cpp and parser_brackets.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/syntax.h"
#include "frontend/parser_tokens.h"

namespace tcc {

/// A complete operand of what waits.
struct Operand {
  syntax::NodeId node;
  Span span;  ///< the brackets around it included
};

/// One that waits for its right operand.
struct WaitingOperator {
  std::optional<Op> op;  ///< none for `@`
  int arity;
  int precedence;
  Span span;
};

/// One that is open, with what it holds so far.
struct OpenBracket {
  enum class Kind : std::uint8_t { group, call, list, subscript, variables, body };
  Kind kind;
  Span span;              ///< of what opens it
  syntax::NodeId first;   ///< the first node of what it becomes
  std::size_t operators;  ///< that wait outside of it
  std::string name;       ///< of what is called
  Span name_span;
  std::vector<syntax::NodeId> parts;                 ///< arguments, elements, indices
  std::vector<syntax::Call::Keyword> keywords;       ///< the last one may lack its value
  std::vector<syntax::IndexBinding> variables;       ///< the last one may lack its range
  std::vector<std::optional<syntax::NodeId>> slice;  ///< parts before the colons of an open slice
  Span colon{};                                      ///< the first one
};

class ExpressionParser {
 public:
  ExpressionParser(TokenReader& tokens, std::vector<syntax::Node>& nodes)
      : tokens_(tokens), nodes_(nodes) {}

  /// As far as the expression goes; nothing after a mistake.
  std::optional<syntax::NodeId> parse();

 private:
  using Kind = OpenBracket::Kind;
  using NodeValue = decltype(syntax::Node::value);

  // Where an operand is wanted.

  void take_operand();
  void take_name();
  void take_literal();
  void take_text();
  void take_symbol();
  void take_not();
  void take_prefix(Op op);
  bool may_be_list() const;

  // Where an operator, a closing bracket or the end is wanted.

  bool take_operator();
  bool take_infix();
  void take_infix(std::optional<Op> op, int precedence);
  void take_attribute();
  void take_comma();
  void take_colon();

  // Brackets.

  void open(Kind kind, Span name_span, std::string name = {});
  void begin_argument();
  void begin_variables();
  void end_part();
  void end_range();
  void end_slice();
  bool may_end_slice() const;
  void close();
  void close_variables();
  void push(OpenBracket bracket, Span end);
  bool is_open(Kind kind) const { return !brackets_.empty() && brackets_.back().kind == kind; }
  std::string_view closing_text() const;
  void fail_inside();

  // Nodes.

  void push(Span span, Span operator_span, syntax::NodeId first, NodeValue value);
  void push_leaf(const Token& token, NodeValue value) {
    push(token.span, token.span, static_cast<syntax::NodeId>(nodes_.size()), std::move(value));
  }
  Operand pop_operand();
  std::size_t waiting_outside() const { return brackets_.empty() ? 0 : brackets_.back().operators; }
  /// Applies the operators inside the innermost bracket that bind at least as tightly.
  void apply_operators(int precedence);
  void apply(const WaitingOperator& op);

  TokenReader& tokens_;
  std::vector<syntax::Node>& nodes_;
  std::vector<Operand> operands_;
  std::vector<WaitingOperator> operators_;
  std::vector<OpenBracket> brackets_;
  bool wants_operand_ = true;
};

}  // namespace tcc

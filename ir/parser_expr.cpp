// Operator precedence parsing. Operands wait on one stack, with their spans; operators and open
// brackets on another, from which they are applied as soon as nothing that follows binds tighter.
#include "ir/parser_expr.h"

#include <cmath>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "ir/typing.h"

namespace tcc::ir {
namespace {

struct Operand {
  Expr expr;
  Span span;
};

/// Something that is open on the operator stack.
struct Pending {
  enum class Kind : std::uint8_t { prefix, infix, group, guarded_load, call, load };
  Kind kind;
  Span span;
  Op op = Op::add;                   ///< of prefix and infix
  std::string name;                  ///< of call
  BufferId buffer;                   ///< of load
  std::size_t first = 0;             ///< the first of its operands
  std::vector<std::uint16_t> lanes;  ///< of shuffle

  bool is_operator() const { return kind == Kind::prefix || kind == Kind::infix; }
};

class ExprParser {
 public:
  ExprParser(TokenCursor& cursor, LoopProgram& program, const BufferNames& buffers,
             const VariableNames& variables)
      : cursor_(cursor), program_(program), buffers_(buffers), variables_(variables) {}

  Expr parse() {
    while (!cursor_.failed()) {
      if (!(wants_operand_ ? take_operand() : take_operator())) break;
    }
    apply_operators(0);
    if (!cursor_.failed() && (!pending_.empty() || operands_.size() != 1)) {
      syntax_error("expected an expression");
    }
    return cursor_.failed() ? Expr{} : operands_.front().expr;
  }

 private:
  using Kind = Pending::Kind;

  void syntax_error(std::string message) {
    cursor_.fail(DiagnosticKind::syntax, cursor_.peek().span, std::move(message));
  }

  /// The node with the span of its text as origin, if its types agree.
  void push(Span span, ValueType stated, ExprNode::Value value) {
    const ValueType type = result_type(value, stated);
    Expr expr(new ExprNode(type, program_.origins.from_source(span), std::move(value)));
    const std::string error = type_error(*expr);
    if (!error.empty()) return cursor_.fail(DiagnosticKind::dtype_mismatch, span, error);
    operands_.push_back({std::move(expr), span});
  }

  void open(Pending pending) {
    pending.first = operands_.size();
    pending_.push_back(std::move(pending));
    wants_operand_ = true;
  }

  // Where an operand is wanted.

  bool take_operand();
  bool take_name();
  bool take_literal();
  void take_lane_list();

  // Where an operator, a closing bracket or the end is wanted.

  bool take_operator();
  bool take_infix();
  bool close();
  bool take_guard();

  /// Applies the operators on top of the stack that bind at least as tightly as `precedence`.
  void apply_operators(int precedence);
  void apply(const Pending& pending);
  void apply_call(const Pending& call, Span span);
  void apply_operation(std::string_view name, std::vector<Expr> operands, Span span);

  std::vector<Expr> take_operands(std::size_t first) {
    std::vector<Expr> taken;
    for (std::size_t i = first; i < operands_.size(); ++i)
      taken.push_back(operands_[i].expr);
    operands_.resize(std::min(first, operands_.size()));
    return taken;
  }

  TokenCursor& cursor_;
  LoopProgram& program_;
  const BufferNames& buffers_;
  const VariableNames& variables_;
  std::vector<Operand> operands_;
  std::vector<Pending> pending_;
  bool wants_operand_ = true;
};

bool ExprParser::take_operand() {
  const Token token = cursor_.peek();
  if (take_literal()) return true;
  if (const auto op = find_operator(token.text, Notation::prefix);
      op && (token.kind == TokenKind::symbol || token.kind == TokenKind::name)) {
    cursor_.next();
    open({Kind::prefix, token.span, *op, {}, {}, 0, {}});
    return true;
  }
  if (token.kind == TokenKind::name) return take_name();
  if (cursor_.accept("(")) {
    open({Kind::group, token.span, Op::add, {}, {}, 0, {}});
    return true;
  }
  if (token.is("[")) {
    take_lane_list();
    return true;
  }
  const bool empty_brackets = !pending_.empty() && pending_.back().first == operands_.size() &&
                              pending_.back().kind == Kind::load && token.is("]");
  if (empty_brackets) return close();
  syntax_error("expected an expression");
  return false;
}

bool ExprParser::take_literal() {
  const Token token = cursor_.peek();
  const bool minus = token.is("-");
  const Token number = minus ? cursor_.peek(1) : token;
  // A name before a bracket is a buffer or a function, however it is spelt.
  const Token after = cursor_.peek(minus ? 2 : 1);
  if (number.kind == TokenKind::name && (after.is("[") || after.is("("))) return false;
  const auto value = literal_value(number, minus ? Sign::minus : Sign::plus);
  if (!value) {
    if (number.kind == TokenKind::integer || number.kind == TokenKind::floating) {
      cursor_.fail(DiagnosticKind::syntax, number.span, "no number of any type");
    }
    return false;
  }
  cursor_.next();
  if (minus) cursor_.next();
  const Span span = join(token.span, number.span);
  const OriginId origin = program_.origins.from_source(span);
  operands_.push_back({is_float(value->dtype) ? make_float(value->real, value->dtype, origin)
                                              : make_int(value->integer, origin, value->dtype),
                       span});
  wants_operand_ = false;
  return true;
}

bool ExprParser::take_name() {
  const Token token = cursor_.next();
  if (cursor_.accept("(")) {
    open({Kind::call, token.span, Op::add, std::string(token.text), {}, 0, {}});
    return true;
  }
  if (cursor_.accept("[")) {
    const auto found = buffers_.find(token.text);
    if (found == buffers_.end()) {
      cursor_.fail(DiagnosticKind::undefined_name, token.span,
                   fmt::format("no buffer is called '{}'", token.text));
      return false;
    }
    open({Kind::load, token.span, Op::add, {}, found->second, 0, {}});
    return true;
  }
  const auto found = variables_.find(token.text);
  if (found == variables_.end()) {
    cursor_.fail(DiagnosticKind::undefined_name, token.span,
                 fmt::format("no variable is called '{}'", token.text));
    return false;
  }
  const Expr& declared = found->second;
  push(token.span, declared->type, declared->value);
  wants_operand_ = false;
  return true;
}

/// The last argument of a shuffle: [0, 2, 1]. The closing bracket of the shuffle follows.
void ExprParser::take_lane_list() {
  const bool in_shuffle = !pending_.empty() && pending_.back().kind == Kind::call &&
                          pending_.back().name == "shuffle" &&
                          operands_.size() == pending_.back().first + 1;
  if (!in_shuffle) return syntax_error("expected an expression");
  cursor_.next();
  do {
    const auto lane = literal_value(cursor_.peek(), Sign::plus);
    if (!lane || lane->dtype != DType::i64 || lane->integer < 0 || lane->integer > 0xffff) {
      return syntax_error("expected the number of a lane");
    }
    cursor_.next();
    pending_.back().lanes.push_back(static_cast<std::uint16_t>(lane->integer));
  } while (cursor_.accept(","));
  cursor_.expect("]");
  wants_operand_ = false;
}

bool ExprParser::take_operator() {
  const Token token = cursor_.peek();
  if (take_infix()) return true;
  const bool closes = token.is(")") || token.is("]") || token.is(",") || token.is("if");
  if (!closes) return false;
  apply_operators(0);
  if (cursor_.failed() || pending_.empty()) return false;
  if (token.is("if")) return take_guard();
  if (!token.is(",")) return close();
  const Kind kind = pending_.back().kind;
  if (kind != Kind::call && kind != Kind::load) {
    syntax_error("unexpected ','");
    return false;
  }
  cursor_.next();
  wants_operand_ = true;
  return true;
}

bool ExprParser::take_infix() {
  const Token token = cursor_.peek();
  if (token.kind != TokenKind::symbol && token.kind != TokenKind::name) return false;
  const auto op = find_operator(token.text, Notation::infix);
  if (!op) return false;
  cursor_.next();
  apply_operators(info_of(*op).precedence);
  open({Kind::infix, token.span, *op, {}, {}, 0, {}});
  return true;
}

bool ExprParser::take_guard() {
  Pending& group = pending_.back();
  const bool alone = group.kind == Kind::group && operands_.size() == group.first + 1 &&
                     as<Load>(operands_.back().expr) && !as<Load>(operands_.back().expr)->predicate;
  if (!alone) {
    syntax_error("'if' stands after a load in its own parentheses");
    return false;
  }
  cursor_.next();
  group.kind = Kind::guarded_load;
  wants_operand_ = true;
  return true;
}

bool ExprParser::close() {
  Pending pending = std::move(pending_.back());
  pending_.pop_back();
  const Token bracket = cursor_.next();
  if (bracket.text != (pending.kind == Kind::load ? "]" : ")")) {
    cursor_.fail(DiagnosticKind::syntax, bracket.span, "the brackets do not match");
    return false;
  }
  pending.span = join(pending.span, bracket.span);
  wants_operand_ = false;
  apply(pending);
  return true;
}

void ExprParser::apply_operators(int precedence) {
  while (!cursor_.failed() && !pending_.empty() && pending_.back().is_operator() &&
         info_of(pending_.back().op).precedence >= precedence) {
    const Pending pending = std::move(pending_.back());
    pending_.pop_back();
    apply(pending);
  }
}

void ExprParser::apply(const Pending& pending) {
  const auto at = [&](std::size_t i) { return operands_[pending.first + i]; };
  switch (pending.kind) {
    case Kind::prefix: {
      const Operand operand = at(0);
      operands_.pop_back();
      return push(join(pending.span, operand.span), {}, Unary{pending.op, operand.expr});
    }
    case Kind::infix: {
      const Operand rhs = operands_.back();
      operands_.pop_back();
      const Operand lhs = operands_.back();
      operands_.pop_back();
      return push(join(lhs.span, rhs.span), {}, Binary{pending.op, lhs.expr, rhs.expr});
    }
    case Kind::group: return;
    case Kind::guarded_load: {
      const Expr predicate = operands_.back().expr;
      operands_.pop_back();
      const Expr plain = operands_.back().expr;
      operands_.pop_back();
      return push(pending.span, plain->type,
                  Load{as<Load>(plain)->buffer, as<Load>(plain)->indices, predicate});
    }
    case Kind::call: return apply_call(pending, pending.span);
    case Kind::load:
      return push(pending.span, {program_[pending.buffer].dtype, 1},
                  Load{pending.buffer, take_operands(pending.first), {}});
  }
}

void ExprParser::apply_call(const Pending& call, Span span) {
  std::vector<Expr> arguments = take_operands(call.first);
  const std::size_t count = arguments.size();
  if (call.name == "shuffle" && count == 1 && !call.lanes.empty()) {
    return push(span, {}, Shuffle{arguments[0], call.lanes});
  }
  const bool vector = call.name == "ramp" ? count == 3 : call.name == "broadcast" && count == 2;
  if (vector) {
    const std::int64_t lanes = constant_of(arguments.back()).value_or(0);
    if (lanes < 2 || lanes > 0xffff) {
      return cursor_.fail(DiagnosticKind::syntax, span, "a vector has 2 to 65535 lanes");
    }
    const ValueType stated{DType::i64, static_cast<std::uint16_t>(lanes)};
    if (count == 3) return push(span, stated, Ramp{arguments[0], arguments[1]});
    return push(span, stated, Broadcast{arguments[0]});
  }
  if (call.name == "select" && count == 3) {
    return push(span, {}, Select{arguments[0], arguments[1], arguments[2]});
  }
  if (const auto dtype = parse_dtype(call.name); dtype && count == 1) {
    // `f64(-inf)` is a literal: infinity and NaN have no digits that a type could stand behind.
    const FloatImm* number = as<FloatImm>(arguments[0]);
    const bool plain = arguments[0]->type.dtype == DType::f32 && *dtype != DType::f32;
    if (number && plain && is_float(*dtype) && !std::isfinite(number->value)) {
      return push(span, {*dtype, 1}, FloatImm{number->value});
    }
    return push(span, {*dtype, 1}, Cast{arguments[0]});
  }
  apply_operation(call.name, std::move(arguments), span);
}

void ExprParser::apply_operation(std::string_view name, std::vector<Expr> operands, Span span) {
  auto op = find_operator(name, Notation::function);
  if (!op) op = find_operator(name, Notation::internal);
  if (!op || info_of(*op).arity != static_cast<int>(operands.size())) {
    return cursor_.fail(DiagnosticKind::undefined_name, span,
                        fmt::format("no function '{}' takes {} arguments", name, operands.size()));
  }
  if (operands.size() == 1) return push(span, {}, Unary{*op, operands[0]});
  if (operands.size() == 2) return push(span, {}, Binary{*op, operands[0], operands[1]});
  push(span, {}, Call{*op, std::move(operands)});
}

}  // namespace

Expr parse_expr(TokenCursor& cursor, LoopProgram& program, const BufferNames& buffers,
                const VariableNames& variables) {
  return ExprParser(cursor, program, buffers, variables).parse();
}

}  // namespace tcc::ir

// Programs, kernels and statements of IR text, by recursive descent as deep as loops nest.
#include "ir/parser.h"

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "ir/parser_expr.h"
#include "ir/parser_tokens.h"
#include "ir/printer.h"
#include "ir/typing.h"

namespace tcc::ir {
namespace {

constexpr int max_nesting = 256;

template <typename Enum> std::optional<Enum> find_named(std::string_view name, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return {};
}

std::optional<BufferUse> find_use(std::string_view word) {
  if (word == "input") return BufferUse::input;
  if (word == "output") return BufferUse::output;
  if (word == "temporary") return BufferUse::temporary;
  return {};
}

std::string unescaped(std::string_view quoted) {
  std::string text;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] != '\\') {
      text += quoted[i];
    } else {
      ++i;
      text += quoted[i] == 'n' ? '\n' : quoted[i];
    }
  }
  return text;
}

bool is_equal(const Expr& a, const Expr& b) { return print(a) == print(b); }

class Parser {
 public:
  Parser(std::vector<Token> tokens, Diagnostics& diagnostics)
      : cursor_(std::move(tokens), diagnostics) {}

  LoopProgram parse() {
    for (cursor_.skip_separators(); !cursor_.at_end(); cursor_.skip_separators()) {
      parse_declaration();
    }
    for (const auto& [taker, name] : in_place_of_) {
      if (!cursor_.failed()) program_.buffers[taker.value].in_place_of = buffer_named(name);
    }
    return std::move(program_);
  }

 private:
  using Stage = std::optional<BufferId>;

  void parse_declaration();
  void parse_sizes();
  void parse_buffer(BufferUse use);
  void parse_kernel();
  /// `A: f32[M, K]`, and ` in registers`, ` in place of B` where they follow.
  BufferId declare_buffer(BufferUse use, Memory memory);

  Stmt parse_braces(Stage stage);
  Stmt parse_statement(Stage stage);
  Stmt parse_for(Stage stage);
  Stmt parse_if(Stage stage);
  Stmt parse_let();
  Stmt parse_allocate();
  Stmt parse_assert();
  Stmt parse_prefetch();
  Stmt parse_nontemporal(Stage stage);
  std::vector<Expr> parse_indices();
  Stmt parse_store();
  Stmt parse_guarded_store();
  Store parse_assignment();

  Expr expr() { return parse_expr(cursor_, program_, buffers_, variables_); }

  Expr declare_variable(std::string hint, Span span, ValueType type);
  BufferId buffer_named(const Token& name);

  OriginId origin_from(Span first) { return program_.origins.from_source(join(first, last_span_)); }
  /// The statement, if its types agree; null after an error.
  Stmt finish(Span first, StmtNode::Value value);

  void syntax_error(std::string message) {
    cursor_.fail(DiagnosticKind::syntax, cursor_.peek().span, std::move(message));
  }
  void end_statement() {
    const Token& token = cursor_.peek();
    last_span_ = token.span;
    const bool ends = token.kind == TokenKind::separator || token.kind == TokenKind::end;
    if (!ends && !token.is("}")) syntax_error("expected the end of the statement");
  }

  TokenCursor cursor_;
  LoopProgram program_;
  BufferNames buffers_;
  VariableNames variables_;
  std::vector<std::pair<BufferId, Token>> in_place_of_;  ///< a later buffer, perhaps
  Span last_span_;
  int nesting_ = 0;
};

void Parser::parse_declaration() {
  const Token word = cursor_.next();
  last_span_ = word.span;
  if (word.is("size")) return parse_sizes();
  if (word.is("kernel")) return parse_kernel();
  if (const auto use = find_use(word.text)) return parse_buffer(*use);
  cursor_.fail(DiagnosticKind::syntax, word.span,
               "expected 'size', 'input', 'output', 'temporary' or 'kernel'");
}

void Parser::parse_sizes() {
  do {
    const Span span = cursor_.peek().span;
    const Expr size = declare_variable(cursor_.expect_name("a size"), span, {});
    if (cursor_.failed()) return;
    program_.sizes.push_back(size);
    program_.facts.sizes.push_back({as<Var>(size)->id, 0, {}, 1});
  } while (cursor_.accept(","));
  end_statement();
}

void Parser::parse_buffer(BufferUse use) {
  declare_buffer(use, Memory::heap);
  end_statement();
}

BufferId Parser::declare_buffer(BufferUse use, Memory memory) {
  const Span span = cursor_.peek().span;
  std::string name = cursor_.expect_name("a buffer's name");
  cursor_.expect(":");
  const Token type = cursor_.peek();
  const auto dtype = parse_dtype(cursor_.expect_name("a type"));
  if (!cursor_.failed() && !dtype) {
    cursor_.fail(DiagnosticKind::undefined_name, type.span,
                 fmt::format("no type is called '{}'", type.text));
  }
  std::vector<Expr> shape;
  if (cursor_.accept("[") && !cursor_.accept("]")) {
    do
      shape.push_back(expr());
    while (cursor_.accept(","));
    cursor_.expect("]");
  }
  if (cursor_.peek().is("in") && !cursor_.peek(1).is("place")) {
    cursor_.next();
    const auto found = find_named(cursor_.expect_name("a memory"), Memory::global);
    if (!found) syntax_error("expected a memory");
    memory = found.value_or(memory);
  }
  if (cursor_.failed()) return {};
  const BufferId id{static_cast<std::uint32_t>(program_.buffers.size())};
  if (!buffers_.emplace(name, id).second) {
    cursor_.fail(DiagnosticKind::redefinition, span,
                 fmt::format("a buffer is already called '{}'", name));
  }
  program_.buffers.push_back(
      {std::move(name), *dtype, std::move(shape), memory, use, program_.origins.from_source(span)});
  if (cursor_.accept("in")) {
    cursor_.expect("place");
    cursor_.expect("of");
    in_place_of_.emplace_back(id, cursor_.next());
  }
  return id;
}

void Parser::parse_kernel() {
  const Token name = cursor_.peek();
  std::string text = cursor_.expect_name("a kernel's name");
  const auto own = buffers_.find(text);
  Stmt body = parse_braces(own == buffers_.end() ? Stage{} : Stage{own->second});
  end_statement();
  if (cursor_.failed()) return;
  program_.kernels.push_back(
      {std::move(text), std::move(body), program_.origins.from_source(name.span)});
}

Stmt Parser::parse_braces(Stage stage) {
  const Span first = cursor_.peek().span;
  cursor_.expect("{");
  if (++nesting_ > max_nesting) {
    cursor_.fail(DiagnosticKind::limit, first,
                 fmt::format("statements nest deeper than {}", max_nesting));
  }
  const VariableNames outside = variables_;
  std::vector<Stmt> statements;
  for (cursor_.skip_separators(); !cursor_.at_end() && !cursor_.peek().is("}");
       cursor_.skip_separators()) {
    statements.push_back(parse_statement(stage));
  }
  variables_ = outside;
  last_span_ = cursor_.peek().span;
  cursor_.expect("}");
  --nesting_;
  if (cursor_.failed()) return nullptr;
  return make_block(std::move(statements), origin_from(first));
}

Stmt Parser::parse_statement(Stage stage) {
  const Token first = cursor_.peek();
  const Token second = cursor_.peek(1);
  if (first.is("(")) return parse_guarded_store();
  if (first.is("{")) {
    Stmt block = parse_braces(stage);
    end_statement();
    return block;
  }
  // What a bracket follows is a buffer, whatever its name.
  if (first.kind == TokenKind::name && second.is("[")) return parse_store();
  if (first.is("if")) return parse_if(stage);
  if (first.is("assert")) return parse_assert();
  if (first.is("prefetch")) return parse_prefetch();
  if (first.is("nontemporal")) return parse_nontemporal(stage);
  if (first.is("let")) return parse_let();
  if (first.is("allocate")) return parse_allocate();
  if (first.is("for") || second.is("for")) return parse_for(stage);
  syntax_error("expected a statement");
  return nullptr;
}

Stmt Parser::finish(Span first, StmtNode::Value value) {
  if (cursor_.failed()) return nullptr;
  auto node = std::make_shared<const StmtNode>(StmtNode{origin_from(first), std::move(value)});
  const std::string error = type_error(*node);
  if (error.empty()) return node;
  cursor_.fail(DiagnosticKind::dtype_mismatch, first, error);
  return nullptr;
}

/// The extent of begin:end. `b:b + n` is how the printer writes an extent n.
Expr extent_of(const Expr& begin, const Expr& end) {
  if (constant_of(begin) == 0) return end;
  if (const Binary* sum = as<Binary>(end); sum && sum->op == Op::add && is_equal(sum->lhs, begin)) {
    return sum->rhs;
  }
  const auto first = constant_of(begin);
  const auto last = constant_of(end);
  std::int64_t extent = 0;
  if (first && last && !__builtin_sub_overflow(*last, *first, &extent)) {
    return make_int(extent, end->origin);
  }
  return make_binary(Op::subtract, end, begin, end->origin);
}

Stmt Parser::parse_for(Stage stage) {
  const Span first = cursor_.peek().span;
  ForKind kind = ForKind::serial;
  if (!cursor_.peek().is("for")) {
    const auto found = find_named(cursor_.next().text, ForKind::lane);
    if (!found) cursor_.fail(DiagnosticKind::syntax, first, "no kind of loop");
    kind = found.value_or(kind);
  }
  cursor_.expect("for");
  const Span name_span = cursor_.peek().span;
  std::string name = cursor_.expect_name("a loop variable");
  cursor_.expect("in");
  const Expr begin = expr();
  cursor_.expect(":");
  const Expr end = expr();
  if (cursor_.accept("of")) stage = buffer_named(cursor_.next());
  if (cursor_.failed()) return nullptr;
  if (!stage) {
    syntax_error("expected 'of' and the buffer whose loop it is");
    return nullptr;
  }
  if (begin->type != ValueType{} || end->type != ValueType{}) {
    cursor_.fail(DiagnosticKind::dtype_mismatch, name_span, "a loop's bounds are i64");
    return nullptr;
  }
  // The printer puts the stage before a name that an enclosing loop has: `C.1.i0`.
  const std::string prefix = program_[*stage].name + ".";
  const VariableNames outside = variables_;
  const Expr var = declare_variable(name, name_span, {});
  if (name.starts_with(prefix) && outside.contains(name.substr(prefix.size()))) {
    variables_[name] = make_var(as<Var>(var)->id, name.substr(prefix.size()), var->origin);
  }
  const Expr hinted = variables_[name];
  Stmt body = parse_braces(stage);
  variables_ = outside;
  end_statement();
  return finish(first, For{hinted, begin, extent_of(begin, end), kind, *stage, std::move(body)});
}

Stmt Parser::parse_if(Stage stage) {
  const Span first = cursor_.next().span;
  Expr condition = expr();
  Stmt body = parse_braces(stage);
  end_statement();
  return finish(first, If{std::move(condition), std::move(body)});
}

Stmt Parser::parse_let() {
  const Span first = cursor_.next().span;
  const Span name_span = cursor_.peek().span;
  std::string name = cursor_.expect_name("a name");
  cursor_.expect("=");
  Expr value = expr();
  end_statement();
  if (cursor_.failed()) return nullptr;
  const ValueType type = value->type;
  return finish(first, Let{declare_variable(std::move(name), name_span, type), std::move(value)});
}

Stmt Parser::parse_allocate() {
  const Span first = cursor_.next().span;
  const BufferId buffer = declare_buffer(BufferUse::local, Memory::stack);
  end_statement();
  return finish(first, Allocate{buffer});
}

Stmt Parser::parse_assert() {
  const Span first = cursor_.next().span;
  Expr condition = expr();
  cursor_.expect(",");
  const Token message = cursor_.next();
  if (message.kind != TokenKind::text) syntax_error("expected a message in quotes");
  Expr value = cursor_.accept(",") ? expr() : Expr();
  end_statement();
  return finish(first, Assert{std::move(condition), unescaped(message.text), std::move(value)});
}

/// `nontemporal C[i] = ..`: a property of the buffer, written with its stores.
Stmt Parser::parse_nontemporal(Stage stage) {
  cursor_.next();
  Stmt stmt = parse_statement(stage);
  const Store* store = stmt ? as<Store>(stmt) : nullptr;
  if (store) program_.buffers[store->buffer.value].stores = StoreHint::nontemporal;
  if (stmt && !store) syntax_error("expected a store after 'nontemporal'");
  return stmt;
}

Stmt Parser::parse_prefetch() {
  const Span first = cursor_.next().span;
  const BufferId buffer = buffer_named(cursor_.next());
  std::vector<Expr> indices = parse_indices();
  cursor_.expect("into");
  const auto level = find_named(cursor_.expect_name("a cache: L1, L2 or L3"), CacheLevel::L3);
  if (!cursor_.failed() && !level) syntax_error("expected L1, L2 or L3");
  end_statement();
  return finish(first, Prefetch{buffer, std::move(indices), level.value_or(CacheLevel::L1)});
}

std::vector<Expr> Parser::parse_indices() {
  std::vector<Expr> indices;
  cursor_.expect("[");
  if (cursor_.accept("]")) return indices;
  do
    indices.push_back(expr());
  while (cursor_.accept(","));
  cursor_.expect("]");
  return indices;
}

Store Parser::parse_assignment() {
  Store store{buffer_named(cursor_.next()), {}, {}, {}};
  store.indices = parse_indices();
  cursor_.expect("=");
  store.value = expr();
  return store;
}

Stmt Parser::parse_store() {
  const Span first = cursor_.peek().span;
  Store store = parse_assignment();
  end_statement();
  return finish(first, std::move(store));
}

Stmt Parser::parse_guarded_store() {
  const Span first = cursor_.next().span;
  Store store = parse_assignment();
  cursor_.expect("if");
  store.predicate = expr();
  cursor_.expect(")");
  end_statement();
  return finish(first, std::move(store));
}

Expr Parser::declare_variable(std::string hint, Span span, ValueType type) {
  Expr var = make_var(program_.fresh_var(), hint, program_.origins.from_source(span), type);
  variables_[std::move(hint)] = var;
  return var;
}

BufferId Parser::buffer_named(const Token& name) {
  const auto found = buffers_.find(name.text);
  if (found != buffers_.end()) return found->second;
  cursor_.fail(DiagnosticKind::undefined_name, name.span,
               fmt::format("no buffer is called '{}'", name.text));
  return {};
}

}  // namespace

LoopProgram parse_loop_program(const SourceMap& sources, SourceId source,
                               Diagnostics& diagnostics) {
  std::vector<Token> tokens = tokenize_ir(sources, source, diagnostics);
  if (diagnostics.has_errors()) return {};
  return Parser(std::move(tokens), diagnostics).parse();
}

}  // namespace tcc::ir

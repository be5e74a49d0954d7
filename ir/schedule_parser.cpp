// The text of schedules back into values.
//
//   block   ::= "schedule" name ["on" ("cpu" | "cuda")] "{" { command | variant } "}"
//   variant ::= "when" condition "{" { command } "}"      condition: up to the brace, over sizes
//   command ::= [name {"," name} "="] word ["(" [argument {"," argument}] ")"]
//   argument ::= [word "="] (name | ["-"] integer | level | layout)
//   level   ::= word "(" integer {"," integer} ")"        block(256)
//   layout  ::= "[" index {"," index} "]"                 [i1 // 16, i0, i1 % 16]
//   index   ::= word [("//" | "%") integer]
//   name    ::= word {"." (word | integer)}        C.1, i0.o: without spaces
#include <fmt/format.h>

#include "dsl/lexer.h"
#include "ir/schedule.h"

namespace tcc::ir {

namespace {

class ScheduleReader {
 public:
  ScheduleReader(const SourceMap& sources, Span span, Diagnostics& diagnostics)
      : sources_(sources),
        diagnostics_(diagnostics),
        tokens_(tokenize(sources, span, diagnostics)) {}

  Schedule read() {
    Schedule schedule;
    skip_separators();
    while (peek().kind != TokenKind::end && !failed_) {
      if (auto block = read_block()) schedule.blocks.push_back(std::move(*block));
      skip_separators();
    }
    return schedule;
  }

 private:
  std::optional<ScheduleBlock> read_block() {
    ScheduleBlock block;
    block.span = peek().span;
    if (!expect("schedule", "a schedule starts with 'schedule NAME {'")) return {};
    block.definition = read_name("the name of a definition");
    if (peek().is("on")) {
      next();
      block.target = read_target();
    }
    if (!expect("{", "the rewrites stand in '{ }'")) return {};
    skip_separators();
    while (!failed_ && !peek().is("}")) {
      if (peek().is("when") && !block.general.empty()) {
        fail("a rewrite").suggest("variants stand before the general rewrites");
      } else if (peek().is("when")) {
        block.variants.push_back(read_variant());
      } else {
        (block.variants.empty() ? block.commands : block.general).push_back(read_command());
      }
      end_line();
    }
    if (failed_) return {};
    block.span = join(block.span, peek().span);
    next();
    return block;
  }

  ScheduleVariant read_variant() {
    ScheduleVariant variant;
    next();
    variant.span = peek().span;
    while (!peek().is("{") && peek().kind != TokenKind::separator &&
           peek().kind != TokenKind::end) {
      variant.span = join(variant.span, next().span);
    }
    variant.condition = std::string(sources_.text_of(variant.span));
    if (peek().is("{") && variant.condition == "{") {
      fail("a condition over sizes");
      return variant;
    }
    if (!expect("{", "the rewrites of a variant stand in '{ }'")) return variant;
    skip_separators();
    while (!failed_ && !peek().is("}")) {
      if (peek().is("when")) {
        fail("a rewrite").suggest("variants do not nest: join the conditions by 'and'");
        return variant;
      }
      variant.commands.push_back(read_command());
      end_line();
    }
    if (!failed_) next();
    return variant;
  }

  void end_line() {
    if (!failed_ && !peek().is("}") && peek().kind != TokenKind::separator) {
      fail("the end of the line or '}'");
    }
    skip_separators();
  }

  std::optional<TargetKind> read_target() {
    const Token target = next();
    if (target.is("cpu")) return TargetKind::cpu;
    if (target.is("cuda")) return TargetKind::cuda;
    fail_at(target, "'cpu' or 'cuda'");
    return {};
  }

  ScheduleCommand read_command() {
    ScheduleCommand command;
    command.span = peek().span;
    std::vector<std::string> names = {read_name("a rewrite")};
    while (!failed_ && peek().is(",")) {
      next();
      names.push_back(read_name("a loop name"));
    }
    if (peek().is("=")) {
      next();
      command.results = std::move(names);
      command.rewrite = read_name("a rewrite");
    } else if (names.size() == 1) {
      command.rewrite = names.front();
    } else {
      fail("'='");
    }
    if (command.results.empty() && ends_command()) return command;
    if (!expect("(", "the arguments of a rewrite stand in '( )'")) return command;
    while (!failed_ && !peek().is(")")) {
      command.arguments.push_back(read_argument());
      read_comma(")");
    }
    if (failed_) return command;
    command.span = join(command.span, next().span);
    return command;
  }

  /// `kernel` stands alone, without brackets.
  bool ends_command() const {
    return peek().is("}") || peek().kind == TokenKind::separator || peek().kind == TokenKind::end;
  }

  ScheduleArgument read_argument() {
    ScheduleArgument argument;
    argument.span = peek().span;
    const bool has_keyword = peek().kind == TokenKind::name && tokens_[position_ + 1].is("=");
    if (has_keyword) {
      argument.keyword = std::string(next().text);
      next();
    }
    argument.value = read_value();
    return argument;
  }

  ScheduleValue read_value() {
    if (peek().is("[")) return read_layout();
    if (peek().is("-") || peek().kind == TokenKind::integer) return read_number();
    std::string name = read_name("a name or a number");
    if (failed_ || !peek().is("(")) return name;
    return read_level(std::move(name));
  }

  std::int64_t read_number() {
    const bool negative = peek().is("-");
    if (negative) next();
    if (peek().kind != TokenKind::integer) {
      fail("a number");
      return 0;
    }
    const Token token = next();
    auto value = integer_value(token.text);
    if (!value || *value > INT64_MAX) {
      fail_at(token, "a number below 2^63");
      return 0;
    }
    const auto number = static_cast<std::int64_t>(*value);
    return negative ? -number : number;
  }

  ScheduleLevel read_level(std::string name) {
    ScheduleLevel level{std::move(name), {}};
    next();
    while (!failed_ && !peek().is(")")) {
      level.numbers.push_back(read_number());
      read_comma(")");
    }
    if (!failed_) next();
    return level;
  }

  Layout read_layout() {
    Layout layout;
    next();
    while (!failed_ && !peek().is("]")) {
      LayoutIndex index{read_name("an axis: i0, i1, .."), {}, 1};
      const bool is_part = peek().is("//") || peek().is("%");
      if (is_part) {
        index.part = peek().is("%") ? LayoutIndex::Part::remainder : LayoutIndex::Part::quotient;
        next();
        index.divisor = read_number();
      }
      layout.push_back(std::move(index));
      read_comma("]");
    }
    if (!failed_) next();
    return layout;
  }

  void read_comma(std::string_view end) {
    if (peek().is(","))
      next();
    else if (!peek().is(end))
      fail(fmt::format("',' or '{}'", end));
  }

  /// A dotted name: tokens that touch.
  std::string read_name(std::string_view wanted) {
    if (peek().kind != TokenKind::name) {
      fail(wanted);
      return {};
    }
    Span span = next().span;
    while (peek().is(".") && peek().span.begin == span.end) {
      span = join(span, next().span);
      const bool part = peek().kind == TokenKind::name || peek().kind == TokenKind::integer;
      if (!part || peek().span.begin != span.end) {
        fail("a name after '.'");
        return {};
      }
      span = join(span, next().span);
    }
    return std::string(sources_.text_of(span));
  }

  bool expect(std::string_view symbol, std::string_view why) {
    if (failed_) return false;
    if (peek().is(symbol)) {
      next();
      return true;
    }
    fail(fmt::format("'{}'", symbol)).suggest(std::string(why));
    return false;
  }

  Report& fail(std::string_view wanted) { return fail_at(peek(), wanted); }

  Report& fail_at(const Token& found, std::string_view wanted) {
    const std::string_view text = found.kind == TokenKind::separator ? "end of line"
                                  : found.kind == TokenKind::end     ? "end of text"
                                                                     : found.text;
    if (failed_) return ignored_;
    failed_ = true;
    return diagnostics_.error(DiagnosticKind::bad_schedule, found.span,
                              fmt::format("expected {}, found '{}'", wanted, text));
  }

  void skip_separators() {
    while (peek().kind == TokenKind::separator)
      next();
  }

  const Token& peek() const { return tokens_[position_]; }
  Token next() {
    const Token token = tokens_[position_];
    if (token.kind != TokenKind::end) ++position_;
    return token;
  }

  const SourceMap& sources_;
  Diagnostics& diagnostics_;
  std::vector<Token> tokens_;
  std::size_t position_ = 0;
  bool failed_ = false;
  Report ignored_;
};

}  // namespace

Schedule parse_schedule(const SourceMap& sources, Span span, Diagnostics& diagnostics) {
  return ScheduleReader(sources, span, diagnostics).read();
}

}  // namespace tcc::ir

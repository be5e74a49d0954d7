// Programs in their canonical form.
#include "frontend/format.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "dsl/syntax.h"
#include "frontend/format_elements.h"
#include "frontend/parser.h"

namespace tcc {

namespace {

constexpr std::size_t block_indent = 2;
constexpr std::size_t hanging_indent = 2;
constexpr std::size_t continued_indent = 4;
constexpr std::size_t widest_for_comments = 100;

bool is_one_of(const FormatElement& element, std::span<const std::string_view> texts) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](std::string_view text) { return element.is(text); });
}

constexpr std::array<std::string_view, 21> binary_operators = {
    "=",  "+=", "==", "!=", "<", "<=", ">",  ">=", "|", "^", "&",
    "<<", ">>", "+",  "-",  "*", "/",  "//", "%",  "@", "**"};
constexpr std::array<std::string_view, 4> tight_in_subscripts = {"*", "/", "//", "%"};
constexpr std::array<std::string_view, 4> word_operators = {"and", "or", "not", "in"};
constexpr std::array<std::string_view, 3> keywords_of_values = {"return", "assert", "when"};

/// A word that a value follows, and no arguments or subscripts of its own.
bool is_operator_word(const FormatElement& element) {
  return is_one_of(element, word_operators) ||
         (element.begins_statement && is_one_of(element, keywords_of_values));
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

struct Line {
  std::string code;
  std::string comment;  ///< behind the code, where there is any
};

/// Lays out the elements, one after the other.
class Layout {
 public:
  explicit Layout(const std::vector<FormatElement>& elements) : elements_(elements) {}

  std::vector<Line> lines() {
    for (at_ = 0; at_ < elements_.size(); ++at_) {
      elements_[at_].kind == FormatElement::Kind::comment ? put_comment() : put_token();
    }
    return std::move(lines_);
  }

 private:
  struct Bracket {
    char text;
    bool is_subscript;        ///< of a value, a type or a reducer
    bool is_hanging;          ///< the last of its line
    std::size_t line_indent;  ///< of the line it stands in
    std::size_t column;       ///< behind it
  };

  const FormatElement& element() const { return elements_[at_]; }
  /// The token `distance` before this one; null where there is none.
  const FormatElement* before(std::size_t distance = 1) const {
    return distance <= done_.size() ? done_[done_.size() - distance] : nullptr;
  }
  bool is_after(std::string_view text) const { return before() != nullptr && before()->is(text); }
  bool inside() const { return !brackets_.empty() && brackets_.back().text != '{'; }
  bool in_subscript() const { return inside() && brackets_.back().is_subscript; }

  /// Of the statements of the innermost block.
  std::size_t indent_of_block() const {
    const auto blocks = std::count_if(brackets_.begin(), brackets_.end(),
                                      [](const Bracket& bracket) { return bracket.text == '{'; });
    return block_indent * static_cast<std::size_t>(blocks);
  }

  /// Of a line that goes on with a statement.
  std::size_t indent_of_rest(bool closes) const {
    if (!inside()) return indent_of_block() + continued_indent;
    const Bracket& bracket = brackets_.back();
    if (!bracket.is_hanging) return closes ? bracket.column - 1 : bracket.column;
    return bracket.line_indent + (closes ? 0 : hanging_indent);
  }

  void begin_line(std::size_t indent) { lines_.push_back({std::string(indent, ' '), ""}); }

  /// A blank line where the author has one: not at the begin or the end of a block or of the text.
  void keep_blank_line(bool closes_block) {
    const bool opens = lines_.empty() || (is_after("{") && !after_comment_line_);
    if (element().newlines > 1 && !opens && !closes_block) lines_.push_back({});
  }

  void put_comment();
  void put_token();
  bool begins_line(bool closes_block) const;
  void open_bracket();
  bool wants_space() const;
  bool wants_space_between_words() const;
  bool is_unary() const;
  bool is_accumulation() const;

  const std::vector<FormatElement>& elements_;
  std::vector<Line> lines_;
  std::vector<Bracket> brackets_;
  std::size_t at_ = 0;
  std::vector<const FormatElement*> done_;  ///< tokens that are laid out
  bool last_is_unary_ = false;
  bool after_comment_line_ = false;  ///< the line is one of a comment alone
};

void Layout::put_comment() {
  const bool can_follow = !lines_.empty() && !after_comment_line_ && lines_.back().comment.empty();
  if (element().newlines == 0 && can_follow) {
    lines_.back().comment = element().text;
    return;
  }
  // Whether a statement goes on says the token that comes next.
  std::size_t next = at_;
  while (next < elements_.size() && elements_[next].kind == FormatElement::Kind::comment)
    ++next;
  const bool goes_on = before() != nullptr && next < elements_.size() &&
                       !elements_[next].begins_statement && !elements_[next].is("}");
  if (!goes_on) keep_blank_line(false);
  begin_line(goes_on ? indent_of_rest(false) : indent_of_block());
  lines_.back().code += element().text;
  after_comment_line_ = true;
}

/// Whether the next token stands on a line of its own. `{` and `}` end lines, so do comments.
bool Layout::begins_line(bool closes_block) const {
  if (lines_.empty() || element().begins_statement || closes_block) return true;
  return element().newlines > 0 || after_comment_line_ || !lines_.back().comment.empty();
}

void Layout::put_token() {
  const bool closes_block = element().is("}");
  const bool closes = closes_block || element().is(")") || element().is("]");
  const bool is_rest = !element().begins_statement && !closes_block;
  // In `{}` there is nothing to indent.
  const bool is_empty_block =
      closes_block && is_after("{") && !after_comment_line_ && lines_.back().comment.empty();
  if (!is_empty_block && begins_line(closes_block)) {
    if (!is_rest) keep_blank_line(closes_block);
    const std::size_t indent = is_rest ? indent_of_rest(closes) : indent_of_block();
    begin_line(closes_block ? indent - block_indent : indent);
  } else if (!is_empty_block && wants_space()) {
    lines_.back().code += ' ';
  }
  after_comment_line_ = false;
  const bool unary = is_unary();
  if (closes) brackets_.pop_back();
  lines_.back().code += element().text;
  if (element().is("(") || element().is("[") || element().is("{")) open_bracket();
  last_is_unary_ = unary;
  done_.push_back(&element());
}

void Layout::open_bracket() {
  const std::string& code = lines_.back().code;
  const bool is_last = at_ + 1 == elements_.size() || elements_[at_ + 1].newlines > 0 ||
                       elements_[at_ + 1].kind == FormatElement::Kind::comment;
  const bool follows_value = before() != nullptr && !element().begins_statement &&
                             (is_after(")") || is_after("]") ||
                              (before()->token == TokenKind::name && !is_operator_word(*before())));
  brackets_.push_back({element().text.front(), element().is("[") && follows_value, is_last,
                       std::min(code.find_first_not_of(' '), code.size()), width_of(code)});
}

/// A sign: what stands before it is no value.
bool Layout::is_unary() const {
  if (element().is("~")) return true;
  if (!element().is("-") && !element().is("+")) return false;
  if (element().begins_statement || is_operator_word(*before())) return true;
  return before()->token == TokenKind::symbol && !is_after(")") && !is_after("]") &&
         !is_after("...");
}

/// At the `=` of `H[i] max= x`, where a type may stand between.
bool Layout::is_accumulation() const {
  if (!element().is("=") || inside() || before(2) == nullptr) return false;
  if (!is_after("max") && !is_after("min")) return false;
  return before(2)->is("]") || (before(3) != nullptr && before(3)->is(":"));
}

/// Between the token before and this one, on one line.
bool Layout::wants_space() const {
  const FormatElement& now = element();
  const FormatElement& last = *before();
  if (last.is("(") || last.is("[") || now.is(")") || now.is("]") || now.is(",")) return false;
  if (last.is(".") || now.is(".")) {
    // After a number the point would become part of it, but for names as C.1.i.
    return last.token == TokenKind::integer && now.is(".") && now.after_space;
  }
  if (last.is(",")) return true;
  if (last_is_unary_ || now.is(":")) return false;
  if (last.is(":")) return !in_subscript();
  const bool is_tight = in_subscript() && (is_one_of(now, tight_in_subscripts) ||
                                           is_one_of(last, tight_in_subscripts));
  if (is_tight || is_accumulation()) return false;
  if (is_unary() || is_one_of(now, binary_operators) || is_one_of(last, binary_operators))
    return true;
  return wants_space_between_words();
}

/// Calls and subscripts stand at their names.
bool Layout::wants_space_between_words() const {
  if (!element().is("(") && !element().is("[")) return true;
  if (is_after(")") || is_after("]")) return false;
  return before()->token != TokenKind::name || is_operator_word(*before());
}

/// The column of the comments behind lines in a row; nothing is moved far to the right for it.
std::size_t comment_column(const std::vector<Line>& lines, std::size_t first, std::size_t last) {
  std::size_t column = 0;
  for (std::size_t i = first; i < last; ++i)
    column = std::max(column, width_of(lines[i].code) + 2);
  return column;
}

std::string text_of(const std::vector<Line>& lines) {
  std::string text;
  for (std::size_t first = 0; first < lines.size();) {
    std::size_t last = first;
    while (last < lines.size() && !lines[last].comment.empty())
      ++last;
    const std::size_t column = comment_column(lines, first, last);
    for (; first < last; ++first) {
      const Line& line = lines[first];
      const std::size_t width = width_of(line.code);
      const bool fits = column + width_of(line.comment) <= widest_for_comments;
      text += line.code + std::string(fits ? column - width : 2, ' ') + line.comment + '\n';
    }
    if (last == lines.size()) break;
    text += lines[last].code + '\n';
    first = last + 1;
  }
  return text;
}

/// A deep tree is printed with as many spaces: beyond this many nodes, tokens must do. The tree
/// follows from them.
constexpr std::size_t most_nodes_printed = 2000;

/// Tokens and the tree: what formatting must not change.
struct Meaning {
  std::vector<std::string> tokens;
  std::string tree;

  bool operator==(const Meaning&) const = default;
};

Meaning meaning_of(const SourceMap& sources, SourceId source) {
  Meaning meaning;
  Diagnostics diagnostics;
  for (const FormatElement& element : format_elements(sources, source, diagnostics)) {
    const bool is_brace =
        element.is("}") || (!meaning.tokens.empty() && meaning.tokens.back() == "{");
    if (element.begins_statement && !is_brace) meaning.tokens.emplace_back("\n");
    meaning.tokens.emplace_back(element.text);
  }
  const syntax::Program program = parse(sources, source, diagnostics);
  if (program.nodes.size() <= most_nodes_printed) meaning.tree = syntax::print(program);
  return meaning;
}

enum class Syntax : std::uint8_t { right, wrong, unknown };

/// Reports what is wrong with the text, but not that this compiler lacks something: of statements
/// that it does not know, it does not know whether they are right either.
Syntax check_syntax(const SourceMap& sources, SourceId source, Diagnostics& diagnostics) {
  Diagnostics found;
  parse(sources, source, found);
  for (const Report& report : found.reports()) {
    if (report.kind == DiagnosticKind::unsupported) continue;
    Report& copy = diagnostics.error(report.kind, report.span, report.message);
    copy.caret = report.caret;
    copy.notes = report.notes;
    copy.help = report.help;
  }
  if (diagnostics.has_errors()) return Syntax::wrong;
  return found.has_errors() ? Syntax::unknown : Syntax::right;
}

/// The first token that does not come out as it went in: it makes no sense where it stands.
void report_change(const std::vector<FormatElement>& elements, const Meaning& before,
                   const Meaning& after, Diagnostics& diagnostics) {
  const auto [changed, ignored] = std::mismatch(before.tokens.begin(), before.tokens.end(),
                                                after.tokens.begin(), after.tokens.end());
  auto count = std::count_if(before.tokens.begin(), changed,
                             [](const std::string& token) { return token != "\n"; });
  count = std::min<std::ptrdiff_t>(count, static_cast<std::ptrdiff_t>(elements.size()) - 1);
  const FormatElement& element = elements[static_cast<std::size_t>(count)];
  diagnostics.error(DiagnosticKind::syntax, element.span,
                    fmt::format("unexpected '{}'", element.text));
}

}  // namespace

std::optional<std::string> format(const SourceMap& sources, SourceId source,
                                  Diagnostics& diagnostics) {
  const Syntax syntax = check_syntax(sources, source, diagnostics);
  if (syntax == Syntax::wrong) return {};
  const auto elements = format_elements(sources, source, diagnostics);
  if (diagnostics.has_errors()) return {};
  std::string text = text_of(Layout(elements).lines());
  SourceMap both;
  const SourceId copy = both.add("", std::string(sources[source].text()));
  const Meaning before = meaning_of(both, copy);
  const Meaning after = meaning_of(both, both.add("", text));
  if (before == after) return text;
  if (syntax == Syntax::right) bug("formatting changed the program");
  report_change(elements, before, after, diagnostics);
  return {};
}

}  // namespace tcc

// The tokens of a program, with the comments between them.
#include "frontend/format_elements.h"

#include <algorithm>

#include <fmt/format.h>

namespace tcc {

namespace {

char closing_of(char opening) { return opening == '(' ? ')' : opening == '[' ? ']' : '}'; }

/// Reports the first bracket that is at fault.
void check_brackets(const std::vector<Token>& tokens, Diagnostics& diagnostics) {
  std::vector<const Token*> open;
  const auto error = [&](const Token& token, std::string message) {
    diagnostics.error(DiagnosticKind::syntax, token.span, std::move(message));
  };
  for (const Token& token : tokens) {
    const bool inside = !open.empty() && !open.back()->is("{");
    if (token.kind == TokenKind::separator && inside && token.text == ";") {
      return error(token, fmt::format("';' before '{}' is closed", open.back()->text));
    }
    if (token.is("{") && inside) {
      return error(token, fmt::format("'{{' before '{}' is closed", open.back()->text));
    }
    if (token.is("(") || token.is("[") || token.is("{")) open.push_back(&token);
    if (!token.is(")") && !token.is("]") && !token.is("}")) continue;
    if (open.empty() || closing_of(open.back()->text.front()) != token.text.front()) {
      return error(token, fmt::format("'{}' closes no bracket", token.text));
    }
    open.pop_back();
  }
  if (!open.empty()) error(*open.back(), fmt::format("'{}' is not closed", open.back()->text));
}

class ElementReader {
 public:
  ElementReader(std::string_view text, SourceId source) : text_(text), source_(source) {
    if (text.starts_with("\xEF\xBB\xBF")) position_ = 3;
  }

  /// Comments up to a token, and the token.
  void read_to(const Token& token) {
    if (token.kind == TokenKind::separator) {
      separated_ = true;
      return;
    }
    read_comments(token.span.begin);
    if (token.kind == TokenKind::end) return;
    add(FormatElement::Kind::token, token.kind, token.span);
    elements_.back().begins_statement = separated_;
    separated_ = token.is("{");
  }

  std::vector<FormatElement> take() { return std::move(elements_); }

 private:
  /// Between two tokens there is nothing but spaces, separators and comments.
  void read_comments(std::uint32_t end) {
    const std::string_view known = text_.substr(0, end);  // no search goes on behind it
    for (std::size_t at = position_; (at = known.find('#', at)) < end;) {
      std::size_t last = std::min(text_.find('\n', at), text_.size());
      const std::size_t next = last;
      while (last > at &&
             (text_[last - 1] == ' ' || text_[last - 1] == '\t' || text_[last - 1] == '\r'))
        --last;
      add(FormatElement::Kind::comment, TokenKind::end,
          {source_, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(last)});
      at = next;
    }
  }

  void add(FormatElement::Kind kind, TokenKind token, Span span) {
    const std::string_view gap = text_.substr(position_, span.begin - position_);
    elements_.push_back({kind, token, text_.substr(span.begin, span.end - span.begin), span, false,
                         !gap.empty(), static_cast<int>(std::count(gap.begin(), gap.end(), '\n'))});
    position_ = span.end;
  }

  std::string_view text_;
  SourceId source_;
  std::vector<FormatElement> elements_;
  std::size_t position_ = 0;
  bool separated_ = true;
};

}  // namespace

std::vector<FormatElement> format_elements(const SourceMap& sources, SourceId source,
                                           Diagnostics& diagnostics) {
  const auto tokens = tokenize(sources, source, diagnostics);
  if (!diagnostics.has_errors()) check_brackets(tokens, diagnostics);
  if (diagnostics.has_errors()) return {};
  ElementReader reader(sources[source].text(), source);
  for (const Token& token : tokens)
    reader.read_to(token);
  return reader.take();
}

}  // namespace tcc

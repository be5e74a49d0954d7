// Lines and columns of source texts.
#include "dsl/source.h"

#include <algorithm>
#include <limits>

namespace tcc {

namespace {

constexpr std::size_t max_offset = std::numeric_limits<std::uint32_t>::max();

}  // namespace

Span join(Span a, Span b) { return {a.source, std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)), line_starts_{0} {
  for (std::size_t at = text_.find('\n'); at < max_offset; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

std::string_view Source::text_of(Span span) const {
  const std::size_t begin = std::min<std::size_t>(span.begin, text_.size());
  return text().substr(begin, std::max(span.begin, span.end) - span.begin);
}

LineColumn Source::line_column(std::uint32_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::uint32_t>(next - line_starts_.begin());
  return {line, offset - line_starts_[line - 1] + 1};
}

std::string_view Source::line(std::uint32_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const std::string_view rest = text().substr(line_starts_[number - 1]);
  std::string_view line = rest.substr(0, rest.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

SourceId SourceMap::add(std::string name, std::string text) {
  sources_.emplace_back(std::move(name), std::move(text));
  return static_cast<SourceId>(sources_.size() - 1);
}

}  // namespace tcc

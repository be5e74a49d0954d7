// Source texts and places in them.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace tcc {

/// Index of a file in a SourceMap. Source 0 is the program itself.
using SourceId = std::uint32_t;

/// Bytes [begin, end) of one source.
struct Span {
  SourceId source = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  bool operator==(const Span&) const = default;
};

/// The smallest span that covers both; `a` and `b` lie in one source.
Span join(Span a, Span b);

/// A line and a column, both 1-based; the column counts bytes.
struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// One text with its name and the starts of its lines.
class Source {
 public:
  Source(std::string name, std::string text);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  std::string_view text_of(Span span) const;
  LineColumn line_column(std::uint32_t offset) const;
  std::string_view line(std::uint32_t number) const;  ///< 1-based, without its newline

 private:
  std::string name_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

/// All the texts of one compilation; spans index into it.
class SourceMap {
 public:
  SourceId add(std::string name, std::string text);
  const Source& operator[](SourceId id) const { return sources_[id]; }
  std::size_t size() const { return sources_.size(); }
  std::string_view text_of(Span span) const { return sources_[span.source].text_of(span); }

 private:
  std::deque<Source> sources_;  // a text stays where it is when others come: tokens point into it
};

}  // namespace tcc

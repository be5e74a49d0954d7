// Lines, columns and spans.
#include "dsl/source.h"

#include <gtest/gtest.h>

namespace tcc {
namespace {

TEST(Source, LinesAndColumns) {
  const Source source("s", "ab\n\nc\r\n");
  struct Row {
    std::uint32_t offset, line, column;
  };
  for (const Row& row :
       {Row{0, 1, 1}, Row{2, 1, 3}, Row{3, 2, 1}, Row{4, 3, 1}, Row{6, 3, 3}, Row{7, 4, 1}}) {
    const LineColumn place = source.line_column(row.offset);
    EXPECT_EQ(place.line, row.line) << row.offset;
    EXPECT_EQ(place.column, row.column) << row.offset;
  }
}

TEST(Source, TextOfLines) {
  const Source source("s", "ab\n\nc\r\nlast");
  EXPECT_EQ(source.line(1), "ab");
  EXPECT_EQ(source.line(2), "");
  EXPECT_EQ(source.line(3), "c");
  EXPECT_EQ(source.line(4), "last");
  EXPECT_EQ(source.line(5), "");
  EXPECT_EQ(source.line(0), "");
}

TEST(Source, Spans) {
  SourceMap sources;
  sources.add("a", "first");
  const SourceId id = sources.add("b", "second");
  EXPECT_EQ(sources.text_of({id, 1, 4}), "eco");
  EXPECT_EQ(sources.text_of({id, 4, 99}), "nd");
  EXPECT_EQ(sources.text_of({id, 99, 100}), "");
  EXPECT_EQ(join({id, 4, 6}, {id, 1, 5}), (Span{id, 1, 6}));
  EXPECT_EQ(sources.size(), 2U);
}

}  // namespace
}  // namespace tcc

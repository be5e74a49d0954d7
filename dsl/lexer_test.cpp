// Tokens of texts, and where lines end.
#include "dsl/lexer.h"

#include <cmath>

#include <gtest/gtest.h>

namespace tcc {
namespace {

struct Scanned {
  SourceMap sources;
  Diagnostics diagnostics;
  std::vector<Token> tokens;

  explicit Scanned(std::string text) {
    tokens = tokenize(sources, sources.add("t.tc", std::move(text)), diagnostics);
  }

  /// "name integer symbol ..", the end left out.
  std::string kinds() const {
    static const char* const names[] = {"name",   "integer",   "floating", "text",
                                        "symbol", "separator", "end"};
    return joined([](const Token& token) -> std::string {
      return names[static_cast<std::size_t>(token.kind)];
    });
  }

  /// The tokens themselves, separators as `;`.
  std::string words() const {
    return joined([](const Token& token) -> std::string {
      return token.kind == TokenKind::separator ? ";" : std::string(token.text);
    });
  }

 private:
  template <typename Word> std::string joined(const Word& word) const {
    std::string text;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
      text += (i > 0 ? " " : "") + word(tokens[i]);
    return text;
  }
};

struct Row {
  const char* text;
  const char* expected;
};

TEST(Lexer, Kinds) {
  const Row rows[] = {
      {"", ""},
      {"a _b C9", "name name name"},
      {"42 0xff 1_000 007", "integer integer integer integer"},
      {"1.5 1e5 1e-5 1.5E+3 1_0.2_5", "floating floating floating floating floating"},
      {"\"text\" \"\"", "text text"},
      {"a;b", "name separator name"},
      {"and or not input", "name name name name"},
      {"x.T", "name symbol name"},
      {"1...", "integer symbol"},
      {"1:2", "integer symbol integer"},
      {"# a comment", ""},
      {"a # comment\n# one more\nb", "name separator name"},
      {"\xEF\xBB\xBF"
       "a",
       "name"},
  };
  for (const Row& row : rows) {
    const Scanned scanned(row.text);
    EXPECT_EQ(scanned.kinds(), row.expected) << row.text;
    EXPECT_FALSE(scanned.diagnostics.has_errors()) << row.text;
    EXPECT_EQ(scanned.tokens.back().kind, TokenKind::end);
  }
}

TEST(Lexer, SymbolsAreAsLongAsTheyCanBe) {
  const Row rows[] = {
      {"a<=b<c==d", "a <= b < c == d"}, {"a//b/c**d*e", "a // b / c ** d * e"},
      {"a<<b>>c", "a << b >> c"},       {"x[...,1:]", "x [ ... , 1 : ]"},
      {"C+=a!=b", "C += a != b"},       {"-x@~y%z|w^v&u", "- x @ ~ y % z | w ^ v & u"},
      {"f(){a:b}", "f ( ) { a : b }"},  {"max=3", "max = 3"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(Scanned(row.text).words(), row.expected) << row.text;
}

TEST(Lexer, NewlinesEndStatements) {
  const Row rows[] = {
      {"a\nb", "a ; b"},
      {"\n\n;a\n\n;\nb\n", "a ; b ;"},
      {"a\r\nb", "a ; b"},
      {"f(a\n,\nb)\nc", "f ( a , b ) ; c"},
      {"[a\n]", "[ a ]"},
      {"a +\nb\n- c", "a + b ; - c"},
      {"a =\n\n# comment\nb", "a = b"},
      {"a,\nb", "a , b"},
      {"a and\nb or\nc", "a and b or c"},
      {"a @\nb //\nc <=\nd", "a @ b // c <= d"},
      {"not\na", "not ; a"},
      {"a :\nb", "a : ; b"},
      {"{\na\nb\n}", "{ ; a ; b ; }"},
      {"({\na\n}\n)", "( { ; a ; } )"},
      {"{ (\n) \n }", "{ ( ) ; }"},
      {"(a ; b", "( a ; b"},
      {"a = ; b", "a = ; b"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(Scanned(row.text).words(), row.expected) << row.text;
}

TEST(Lexer, NamesOfSchedules) {
  const Row rows[] = {
      {"C.1", "C . 1"},
      {"i0.o", "i0 . o"},
      {"C.1.2", "C . 1 . 2"},
      {"y.softmax.1.m", "y . softmax . 1 . m"},
  };
  for (const Row& row : rows) {
    const Scanned scanned(row.text);
    EXPECT_EQ(scanned.words(), row.expected) << row.text;
    EXPECT_FALSE(scanned.diagnostics.has_errors()) << row.text;
  }
}

TEST(Lexer, SpansArePlacesInTheWholeSource) {
  SourceMap sources;
  Diagnostics diagnostics;
  sources.add("first", "");
  const SourceId id = sources.add("second", "aa bb $ cc");
  const std::vector<Token> tokens = tokenize(sources, Span{id, 3, 7}, diagnostics);
  ASSERT_EQ(tokens.size(), 2U);
  EXPECT_EQ(tokens[0].span, (Span{id, 3, 5}));
  EXPECT_EQ(tokens[1].span, (Span{id, 7, 7}));
  ASSERT_EQ(diagnostics.count(), 1U);
  EXPECT_EQ(diagnostics.reports()[0].span, (Span{id, 6, 7}));
}

TEST(Lexer, TokensStayWhenSourcesAreAdded) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto tokens = tokenize(sources, sources.add("a", "short"), diagnostics);
  for (int i = 0; i < 100; ++i)
    sources.add("b", "others");
  EXPECT_EQ(tokens[0].text, "short");
}

TEST(Lexer, IntegerValues) {
  EXPECT_EQ(integer_value("0"), 0U);
  EXPECT_EQ(integer_value("007"), 7U);
  EXPECT_EQ(integer_value("1_000"), 1000U);
  EXPECT_EQ(integer_value("0xFf"), 255U);
  EXPECT_EQ(integer_value("0xffff_ffff_ffff_ffff"), UINT64_MAX);
  EXPECT_EQ(integer_value("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(integer_value("18446744073709551616"), std::nullopt);
  EXPECT_EQ(integer_value("0x1_0000_0000_0000_0000"), std::nullopt);
}

TEST(Lexer, FloatingValues) {
  EXPECT_EQ(floating_value("1.5"), 1.5);
  EXPECT_EQ(floating_value("1_0.2_5"), 10.25);
  EXPECT_EQ(floating_value("1e-5"), 1e-5);
  EXPECT_EQ(floating_value("0.1"), 0.1);
  EXPECT_EQ(floating_value("1.7976931348623157e308"), 1.7976931348623157e308);
  EXPECT_EQ(floating_value("4.9406564584124654e-324"), 4.9406564584124654e-324);
  const std::string zeros(400, '0');
  for (const std::string& large : {std::string("1e999"), "1" + zeros + ".0", "1e1" + zeros}) {
    EXPECT_TRUE(std::isinf(floating_value(large))) << large;
  }
  for (const std::string& small : {std::string("1e-999"), "0." + zeros + "1", "1e-1" + zeros}) {
    EXPECT_EQ(floating_value(small), 0.0) << small;
  }
}

struct Mistake {
  std::string text;
  std::uint32_t begin, end;
  const char* message;
  const char* help;
};

TEST(Lexer, Mistakes) {
  const char* const digits = "a number has digits on both sides of its point";
  const char* const numbers = "numbers are written 42, 0xff, 1_000, 1.5 or 1e-5";
  const Mistake mistakes[] = {
      {"y = 1.", 4, 6, digits, "write 1.0"},
      {"y = 1.T", 4, 6, digits, "write 1.0"},
      {"y = .5", 4, 6, digits, "write 0.5"},
      {"y = 1.5.2", 7, 9, digits, "write 0.2"},
      {"12abc", 0, 5, "'12abc' is no number", numbers},
      {"1e", 0, 2, "'1e' is no number", numbers},
      {"0x", 0, 2, "'0x' is no number", numbers},
      {"0b11", 0, 4, "'0b11' is no number", numbers},
      {"1_", 0, 2, "'1_' is no number", numbers},
      {"1__0", 0, 4, "'1__0' is no number", numbers},
      {"a $$ b", 2, 4, "unexpected character '$'", ""},
      {"!a", 0, 1, "unexpected character '!'", "negation is written 'not'"},
      {"'a b' c", 0, 5, "unexpected character '''", "a text stands in double quotes"},
      {"\xC3\xA9\xC3\xA8 a", 0, 4, "unexpected character '\xC3\xA9'", ""},
      {"a\x01", 1, 2, "unexpected control character 0x01", ""},
      {std::string("\0\0", 2), 0, 2, "unexpected control character 0x00", ""},
      {"\"abc\nb", 0, 4, "a text without its closing '\"'", ""},
  };
  for (const Mistake& mistake : mistakes) {
    SCOPED_TRACE(mistake.text);
    const Scanned scanned(mistake.text);
    ASSERT_EQ(scanned.diagnostics.count(), 1U);
    const Report& report = scanned.diagnostics.reports()[0];
    EXPECT_EQ(report.kind, DiagnosticKind::syntax);
    EXPECT_EQ(report.span, (Span{0, mistake.begin, mistake.end}));
    EXPECT_EQ(report.message, mistake.message);
    EXPECT_EQ(report.help, mistake.help);
  }
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i)
    result += text;
  return result;
}

TEST(Lexer, Limits) {
  const std::size_t most = std::size_t{16} << 20;
  const Mistake mistakes[] = {
      {std::string(most + 1, ' '), 0, 1, "the text is over 16 MiB", ""},
      {repeated("(", 257), 256, 257, "brackets are nested deeper than 256", ""},
      {repeated("[{(", 1'000'000), 256, 257, "brackets are nested deeper than 256", ""},
      {repeated("-", 5'000'000), 4194304, 4194305, "the text has over 4194303 words and symbols",
       ""},
  };
  for (const Mistake& mistake : mistakes) {
    const Scanned scanned(mistake.text);
    ASSERT_EQ(scanned.diagnostics.count(), 1U) << mistake.message;
    const Report& report = scanned.diagnostics.reports()[0];
    EXPECT_EQ(report.kind, DiagnosticKind::limit);
    EXPECT_EQ(report.message, mistake.message);
    EXPECT_EQ(report.span, (Span{0, mistake.begin, mistake.end}));
    EXPECT_EQ(scanned.tokens.size(), 1U) << "nothing of it is parsed";
  }
  EXPECT_FALSE(Scanned(std::string(most, ' ')).diagnostics.has_errors());
  const Scanned deepest(repeated("(", 256) + repeated(")", 256) + repeated("()", 1000));
  EXPECT_FALSE(deepest.diagnostics.has_errors());
}

}  // namespace
}  // namespace tcc

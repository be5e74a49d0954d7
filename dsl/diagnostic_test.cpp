// Reports as text, as values, and as they reach the host; names that were probably meant.
#include "dsl/diagnostic.h"

#include <gtest/gtest.h>

namespace tcc {
namespace {

/// One source with one report on it.
struct Shown {
  SourceMap sources;
  Diagnostics diagnostics;

  Shown(std::string text, std::optional<Span> span, std::optional<std::uint32_t> caret = {},
        std::string message = "m") {
    sources.add("mlp.tc", std::move(text));
    diagnostics.error(DiagnosticKind::syntax, span, std::move(message)).caret = caret;
  }

  std::string text() const { return render(diagnostics, sources); }
};

/// The example of section 10.
void report_sizes(SourceMap& sources, Diagnostics& diagnostics) {
  sources.add("mlp.tc",
              "input x: f32[B, 784]\n"
              "param W1: f32[512, 784], b1: f32[512]\n"
              "\n"
              "h = relu(x @ W1 + b1)\n");
  Report& report =
      diagnostics.error(DiagnosticKind::size_mismatch, Span{0, 69, 75},
                        "inner sizes differ: 'x' is f32[B, 784], 'W1' is f32[512, 784]");
  report.caret = 71;
  report.note("'W1' is declared here", Span{0, 27, 29}).suggest("W1.T is f32[784, 512]");
}

TEST(Diagnostic, TheExampleOfTheLanguage) {
  SourceMap sources;
  Diagnostics diagnostics;
  report_sizes(sources, diagnostics);
  EXPECT_EQ(render(diagnostics, sources),
            "mlp.tc:4:12: error: inner sizes differ: 'x' is f32[B, 784], 'W1' is f32[512, 784] "
            "[size-mismatch]\n"
            "  4 | h = relu(x @ W1 + b1)\n"
            "    |          ~~^~~~\n"
            "  note: 'W1' is declared here (mlp.tc:2:7)\n"
            "  help: W1.T is f32[784, 512]\n");
}

TEST(Diagnostic, ColorsMarkButDoNotChangeTheText) {
  SourceMap sources;
  Diagnostics diagnostics;
  report_sizes(sources, diagnostics);
  std::string painted = render(diagnostics, sources, Color::always);
  for (const char* part : {"\033[1mmlp.tc:4:12:\033[0m", "\033[1;31merror:\033[0m",
                           "\033[1;31m~~^~~~\033[0m", "\033[1;36mnote:", "\033[1;32mhelp:"}) {
    EXPECT_NE(painted.find(part), std::string::npos) << part;
  }
  for (std::size_t at = 0; (at = painted.find('\033')) != std::string::npos;) {
    painted.erase(at, painted.find('m', at) - at + 1);
  }
  EXPECT_EQ(painted, render(diagnostics, sources));
}

TEST(Diagnostic, Values) {
  SourceMap sources;
  Diagnostics diagnostics;
  report_sizes(sources, diagnostics);
  const Error error = to_error(diagnostics, sources);
  EXPECT_EQ(error.category(), ErrorCategory::program);
  EXPECT_EQ(error.what(), render(diagnostics, sources));
  ASSERT_EQ(error.diagnostics().size(), 1U);
  const Diagnostic& diagnostic = error.diagnostics()[0];
  EXPECT_EQ(diagnostic.kind, "size-mismatch");
  EXPECT_EQ(diagnostic.file, "mlp.tc");
  EXPECT_EQ(diagnostic.line, 4U);
  EXPECT_EQ(diagnostic.column, 12U);
  EXPECT_EQ(diagnostic.help, "W1.T is f32[784, 512]");
  ASSERT_EQ(diagnostic.notes.size(), 1U);
  EXPECT_EQ(diagnostic.notes[0].message, "'W1' is declared here");
  EXPECT_EQ(diagnostic.notes[0].line, 2U);
  EXPECT_EQ(diagnostic.notes[0].column, 7U);
}

TEST(Diagnostic, WhatHasNoPlaceIsShownWithoutOne) {
  const Shown shown("y = x", {}, {}, "input 'x' is not bound");
  EXPECT_EQ(shown.text(), "error: input 'x' is not bound [syntax]\n");
  const auto values = to_public(shown.diagnostics, shown.sources);
  EXPECT_EQ(values[0].line, 0U);
  EXPECT_EQ(values[0].file, "");
}

TEST(Diagnostic, Underlines) {
  struct Row {
    const char* text;
    Span span;
    std::optional<std::uint32_t> caret;
    const char* shown;
  };
  const Row rows[] = {
      {"abc", {0, 1, 2}, {}, "mlp.tc:1:2: error: m [syntax]\n  1 | abc\n    |  ^\n"},
      {"abc", {0, 0, 3}, {}, "mlp.tc:1:1: error: m [syntax]\n  1 | abc\n    | ^~~\n"},
      {"abc", {0, 3, 3}, {}, "mlp.tc:1:4: error: m [syntax]\n  1 | abc\n    |    ^\n"},
      {"", {0, 0, 0}, {}, "mlp.tc:1:1: error: m [syntax]\n  1 | \n    | ^\n"},
      {"ab\ncd\nef", {0, 1, 7}, {}, "mlp.tc:1:2: error: m [syntax]\n  1 | ab\n    |  ^\n"},
      {"ab\ncd\nef", {0, 1, 7}, 4, "mlp.tc:2:2: error: m [syntax]\n  2 | cd\n    | ~^\n"},
      {"\ta + b",
       {0, 1, 6},
       3,
       "mlp.tc:1:4: error: m [syntax]\n"
       "  1 |         a + b\n    |         ~~^~~\n"},
      {"a\tb",
       {0, 0, 3},
       2,
       "mlp.tc:1:3: error: m [syntax]\n"
       "  1 | a       b\n    | ~~~~~~~~^\n"},
      {"\xC3\xA9 b", {0, 3, 4}, {}, "mlp.tc:1:4: error: m [syntax]\n  1 | \xC3\xA9 b\n    |   ^\n"},
      {"\xE4\xB8\xAD b",
       {0, 4, 5},
       {},
       "mlp.tc:1:5: error: m [syntax]\n  1 | \xE4\xB8\xAD b\n    |    ^\n"},
      {"a\r\nb", {0, 0, 1}, {}, "mlp.tc:1:1: error: m [syntax]\n  1 | a\n    | ^\n"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(Shown(row.text, row.span, row.caret).text(), row.shown);
}

TEST(Diagnostic, NumbersOfLinesAreAligned) {
  const Shown shown(std::string(99, '\n') + "abc", Span{0, 99, 102});
  EXPECT_EQ(shown.text(), "mlp.tc:100:1: error: m [syntax]\n  100 | abc\n      | ^~~\n");
}

TEST(Diagnostic, LongLinesAreCutAroundTheCaret) {
  const std::string text = std::string(1'000'000, 'a') + " + " + std::string(1'000'000, 'b');
  const Shown shown(text, Span{0, 0, 2'000'003}, 1'000'001);
  EXPECT_EQ(shown.text(), "mlp.tc:1:1000002: error: m [syntax]\n  1 | ..." + std::string(59, 'a') +
                              " + " + std::string(38, 'b') + "...\n    | " + std::string(63, '~') +
                              "^" + std::string(42, '~') + "\n");
}

TEST(Diagnostic, LongNamesAreCut) {
  const Shown shown("y", {}, {}, "nothing is called '" + std::string(1'000'000, 'a') + "'");
  EXPECT_EQ(shown.text(), "error: nothing is called '" + std::string(40, 'a') + "...' [syntax]\n");
}

TEST(Diagnostic, WhatATerminalWouldObeyIsReplaced) {
  const std::string replacement = "\xEF\xBF\xBD";
  for (const char* harmful : {"\x1b", "\x7f", "\x01", "\xff", "\xC2\x9b", "\xE2\x80\xAE",
                              "\xC0\x80", "\xE0\x80\xAF", "\xED\xA0\x80"}) {
    const std::string text = "a" + std::string(harmful) + "b";
    const Shown shown(text, Span{0, 0, 1}, {}, text);
    const std::string line = shown.text();
    EXPECT_EQ(line.find(harmful), std::string::npos) << line;
    EXPECT_NE(line.find("error: a" + replacement), std::string::npos) << line;
    EXPECT_NE(line.find("| a" + replacement), std::string::npos) << line;
  }
}

TEST(Diagnostic, FurtherLinesAreIndented) {
  SourceMap sources;
  Diagnostics diagnostics;
  diagnostics.error(DiagnosticKind::bad_schedule, {}, "no").note("the nest:\nfor i\n  x\n\n");
  EXPECT_EQ(render(diagnostics, sources),
            "error: no [bad-schedule]\n  note: the nest:\n    for i\n      x\n");
}

TEST(Diagnostic, AtMostTwentyAreKept) {
  for (const int more : {0, 1, 5}) {
    SourceMap sources;
    Diagnostics diagnostics;
    EXPECT_FALSE(diagnostics.has_errors());
    for (int i = 0; i < 20 + more; ++i) {
      diagnostics.error(DiagnosticKind::syntax, {}, std::to_string(i)).note("n").suggest("h");
    }
    EXPECT_TRUE(diagnostics.has_errors());
    EXPECT_EQ(diagnostics.count(), static_cast<std::size_t>(20 + more));
    EXPECT_EQ(to_public(diagnostics, sources).size(), 20U);
    const std::string text = render(diagnostics, sources);
    const std::string last = "error: 19 [syntax]\n  note: n\n  help: h\n";
    const std::string tail =
        more == 0 ? last
                  : last + std::to_string(more) + (more == 1 ? " more error\n" : " more errors\n");
    EXPECT_TRUE(text.ends_with(tail)) << text;
  }
}

TEST(Diagnostic, KindsHaveNames) {
  for (const DiagnosticKindInfo& info : all_diagnostic_kinds()) {
    EXPECT_EQ(name_of(info.kind), info.name);
    EXPECT_EQ(&info - all_diagnostic_kinds().data(), static_cast<std::ptrdiff_t>(info.kind));
  }
  EXPECT_EQ(name_of(DiagnosticKind::unsupported), "unsupported");
  EXPECT_EQ(all_diagnostic_kinds().size(),
            static_cast<std::size_t>(DiagnosticKind::unsupported) + 1);
}

TEST(Diagnostic, BugsAreThrown) {
  try {
    bug("a loop without an end");
  } catch (const Error& error) {
    EXPECT_EQ(error.category(), ErrorCategory::bug);
    EXPECT_STREQ(error.what(), "a loop without an end");
  }
}

TEST(ClosestName, NearMisses) {
  struct Row {
    const char* name;
    std::vector<std::string> candidates;
    std::optional<std::string> closest;
  };
  const Row rows[] = {
      {"bais", {"A", "bias", "basis"}, "bias"},
      {"wieght", {"height", "weight"}, "weight"},
      {"relu6", {"relu", "gelu"}, "relu"},
      {"a", {"b", "c"}, {}},
      {"a", {"A"}, "A"},
      {"W1", {"w1", "W2"}, "w1"},
      {"xyz", {"abc"}, {}},
      {"softmax", {"sum"}, {}},
      {"same", {"same"}, {}},
      {"", {"a"}, {}},
      {"abc", {}, {}},
  };
  for (const Row& row : rows)
    EXPECT_EQ(closest_name(row.name, row.candidates), row.closest) << row.name;
}

TEST(ClosestName, HugeNamesCostNothing) {
  const std::vector<std::string> candidates(1000, std::string(1'000'000, 'a'));
  EXPECT_EQ(closest_name(std::string(999'999, 'a'), candidates), std::nullopt);
  EXPECT_EQ(closest_name("aaaa", candidates), std::nullopt);
}

}  // namespace
}  // namespace tcc

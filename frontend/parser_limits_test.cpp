// Texts that are long, deep or random: read, or refused (language section 10.3).
#include <gtest/gtest.h>

#include "tests/support/parsed_syntax.h"

namespace tcc {
namespace {

using Parsed = ParsedSyntax;

struct Row {
  const char* text;
  const char* expected;
};

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i)
    result += text;
  return result;
}

struct Huge {
  std::string text;
  std::size_t nodes;
};

TEST(Parser, LongProgramsAreRead) {
  const std::size_t many = 100'000;
  const Huge programs[] = {
      {"y = " + repeated("a + ", many) + "a", 2 * many + 1},
      {"y = " + repeated("-", many) + "a", many + 1},
      {"y = " + repeated("not ", many) + "a", many + 1},
      {"y = a" + repeated(".T", many), many + 1},
      {"y = a" + repeated("[0]", many), 2 * many + 1},
      {"y = f(" + repeated("a, ", many) + "a)", many + 2},
      {"y = " + repeated("a or b and not c == d + e * -f or ", many / 10) + "a",
       14 * (many / 10) + 1},
      {"y = " + repeated("sum[i in 0:N](", 250) + "x" + repeated(")", 250), 3 * 250 + 1},
      {repeated("y = a + 1\n", many), 3 * many},
  };
  for (const Huge& huge : programs) {
    const Parsed parsed(huge.text);
    EXPECT_EQ(parsed.errors(), "");
    EXPECT_EQ(parsed.program.nodes.size(), huge.nodes) << huge.text.substr(0, 40);
    EXPECT_LT(parsed.tree().size(), 100 * huge.nodes);
  }
}

TEST(Parser, WhatIsTooLargeIsRefused) {
  const std::size_t many = 1'000'000;
  const Row programs[] = {
      {"(", "limit"},     {"[", "limit"},   {"f(", "limit"},     {"sum[i](", "limit"},
      {"{(", "limit"},    {")", "syntax"},  {"a ** ", "syntax"}, {"a < ", "syntax"},
      {"a b ", "syntax"}, {"\"", "syntax"}, {"\xff", "syntax"},  {"a, ", "syntax"},
      {"a\n", "syntax"},
  };
  for (const Row& row : programs) {
    const Parsed parsed("y = " + repeated(row.text, many));
    const auto reports = to_public(parsed.diagnostics, parsed.sources);
    ASSERT_FALSE(reports.empty()) << row.text;
    EXPECT_EQ(reports[0].kind, row.expected) << row.text;
    EXPECT_LT(parsed.errors().size(), 10'000U) << row.text;
  }
  const Parsed nodes("y = " + repeated("a+", 1'100'000) + "a");
  EXPECT_EQ(to_public(nodes.diagnostics, nodes.sources)[0].kind, "limit");
}

/// Texts of random tokens: any is a program or is refused, with one report a statement at most.
TEST(Parser, AnyTokensAreReadOrRefused) {
  const char* const words[] = {"a",   "b",   "sum", "input", "output", "schedule", "def", "in",
                               "not", "and", "f32", "1",     "2.5",    "\"t\"",    "(",   ")",
                               "[",   "]",   "{",   "}",     ",",      ":",        ".",   "=",
                               "+=",  "+",   "-",   "*",     "@",      "<",        "==",  "**",
                               "...", "\n",  ";",   "T",     "None",   "$",        "|",   "max"};
  std::uint64_t state = 1;
  const auto below = [&](std::size_t end) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state >> 33) % end;
  };
  for (int round = 0; round < 20'000; ++round) {
    std::string text = below(2) == 0 ? "y = " : "";
    for (std::size_t count = below(14); count > 0; --count) {
      text += words[below(std::size(words))];
      text += ' ';
    }
    const Parsed parsed(text);
    const std::size_t statements =
        1 + static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
          return c == '\n' || c == ';' || c == '$';
        }));
    ASSERT_LE(parsed.diagnostics.count(), statements) << text << '\n' << parsed.errors();
    for (const syntax::Definition& definition : parsed.program.definitions) {
      ASSERT_LT(definition.value, parsed.program.nodes.size()) << text;
    }
    EXPECT_EQ(parsed.tree().empty(),
              parsed.program.definitions.empty() && parsed.program.inputs.empty() &&
                  parsed.program.outputs.empty() && parsed.program.schedules.empty());
  }
}

}  // namespace
}  // namespace tcc

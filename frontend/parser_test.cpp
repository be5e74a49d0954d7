// Texts to trees, and what is wrong with texts that are no programs.
#include "frontend/parser.h"

#include <gtest/gtest.h>

#include "tests/support/parsed_syntax.h"

namespace tcc {
namespace {

using Parsed = ParsedSyntax;

/// The value of `y = text` on one line: every node, operands in ( ).
std::string compact(const std::string& text) {
  const Parsed parsed("y = " + text);
  if (parsed.diagnostics.has_errors()) return parsed.errors();
  std::string tree = parsed.tree();
  tree.erase(0, std::string("define y\n").size());
  std::string line;
  std::size_t open = 0;
  std::size_t level = 0;
  for (std::size_t at = 0; at < tree.size();) {
    const std::size_t end = tree.find('\n', at);
    const std::size_t first = tree.find_first_not_of(' ', at);
    const std::size_t next = (first - at) / 2;
    for (; open > 0 && level > next; --level, --open)
      line += ")";
    if (!line.empty()) line += next > level ? "(" : " ";
    open += next > level && !line.empty() && line.back() == '(' ? 1 : 0;
    level = next;
    line += tree.substr(first, end - first);
    at = end + 1;
  }
  return line + std::string(open, ')');
}

struct Row {
  const char* text;
  const char* expected;
};

TEST(Parser, OperatorsBindAsSection4Says) {
  const Row rows[] = {
      {"a + b * c", "+(a *(b c))"},
      {"a - b - c", "-(-(a b) c)"},
      {"a / b * c % d // e", "//(%(*(/(a b) c) d) e)"},
      {"a @ b * c + d", "+(*(@(a b) c) d)"},
      {"-a @ b", "@(-(a) b)"},
      {"-a * -b", "*(-(a) -(b))"},
      {"a - --b", "-(a -(-(b)))"},
      {"a or b and not c == d + e", "or(a and(b not(==(c +(d e)))))"},
      {"a and b or c", "or(and(a b) c)"},
      {"not not a", "not(not(a))"},
      {"not a < b", "not(<(a b))"},
      {"a < b and b < c", "and(<(a b) <(b c))"},
      {"(a < b) == (b < c)", "==(<(a b) <(b c))"},
      {"(a + b) * c", "*(+(a b) c)"},
      {"((a))", "a"},
      {"-x.T", "-(.T(x))"},
      {"-x[0]", "-(subscript(x 0))"},
      {"(A @ B)[i, j]", "subscript(@(A B) i j)"},
      {"x.T.T", ".T(.T(x))"},
      {"x.shape[0] * 2", "*(subscript(.shape(x) 0) 2)"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(compact(row.text), row.expected) << row.text;
}

TEST(Parser, Literals) {
  const Row rows[] = {
      {"42", "42"},
      {"0xff", "255"},
      {"1_000", "1000"},
      {"1.5", "1.5"},
      {"2.0", "2.0"},
      {"1e-5", "1e-05"},
      {"true", "true"},
      {"false", "false"},
      {"inf", "inf"},
      {"nan", "nan"},
      {"pi", "3.141592653589793"},
      {"18446744073709551615", "18446744073709551615"},
      {"-9223372036854775808", "-(9223372036854775808)"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(compact(row.text), row.expected) << row.text;
}

TEST(Parser, CallsAndReductions) {
  const Row rows[] = {
      {"f()", "call f"},
      {"relu(a)", "call relu(a)"},
      {"where(c, a, b)", "call where(c a b)"},
      {"max(x, axis = 1, keep = true)", "call max(x axis =(1) keep =(true))"},
      {"sum(x, [0, -1])", "call sum(x list(0 -(1)))"},
      {"pad(x, [[0, 0], [1, 1]], v)", "call pad(x list(list(0 0) list(1 1)) v)"},
      {"reshape(x, [])", "call reshape(x list)"},
      {"f32(x)", "call f32(x)"},
      {"inf(x) + f(\n  a,\n  b\n)", "+(call inf(x) call f(a b))"},
      {"sum[k](A[i, k])", "reduce sum(index k subscript(A i k))"},
      {"max[i, j in 1:N - 1](x)", "reduce max(index i index j in(1 -(N 1)) x)"},
      {"sum[i in 0:M, j](i) + 1", "+(reduce sum(index i in(0 M) index j i) 1)"},
      {"sum[i in a[0]:f(b)](i)", "reduce sum(index i in(subscript(a 0) call f(b)) i)"},
      {"sum[i](sum[j](x[i, j]))", "reduce sum(index i reduce sum(index j subscript(x i j)))"},
      {"sum[k] + sum", "+(subscript(sum k) sum)"},
      {"input + output * in", "+(input *(output in))"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(compact(row.text), row.expected) << row.text;
}

TEST(Parser, Statements) {
  const Row rows[] = {
      {"input A: f32[M, 2*K + 1], b: f64\n",
       "input A\n  type f32\n    M\n    +\n      *\n        2\n        K\n      1\n"
       "input b\n  type f64\n"},
      {"param W: bf16[784]", "param W\n  type bf16\n    784\n"},
      {"output C, D", "output C\noutput D\n"},
      {"C = a", "define C\n  a\n"},
      {"C: f32[M] = a", "define C\n  type f32\n    M\n  a\n"},
      {"C[i, j in 0:N]: f32 = a",
       "define C\n  index i\n  index j in\n    0\n    N\n  type f32\n  a\n"},
      {"output C = a", "output C\ndefine C\n  a\n"},
      {"output C[i]: f32[M] = a", "output C\ndefine C\n  index i\n  type f32\n    M\n  a\n"},
      {"a = 1; b = 2\n\n;c = 3\n", "define a\n  1\ndefine b\n  2\ndefine c\n  3\n"},
      {"input = output", "define input\n  output\n"},
      {"output = 1", "define output\n  1\n"},
      {"schedule[i] = 1", "define schedule\n  index i\n  1\n"},
      {"def: f32 = 1", "define def\n  type f32\n  1\n"},
      {"", ""},
      {"# nothing\n", ""},
  };
  for (const Row& row : rows) {
    const Parsed parsed(row.text);
    EXPECT_EQ(parsed.errors(), "") << row.text;
    EXPECT_EQ(parsed.tree(), row.expected) << row.text;
  }
}

TEST(Parser, SchedulesAreKeptAsText) {
  const std::string block =
      "schedule C.1 on cpu {\n"
      "  i.o, i.i = split(i, 8); unroll(i.i)\n"
      "  when M >= 8 { vectorize(i.i) }\n"
      "}";
  const Parsed parsed("C = a\n" + block + "\nschedule D {}; D = b");
  EXPECT_EQ(parsed.errors(), "");
  ASSERT_EQ(parsed.program.schedules.size(), 2U);
  EXPECT_EQ(parsed.sources.text_of(parsed.program.schedules[0].span), block);
  EXPECT_EQ(parsed.sources.text_of(parsed.program.schedules[1].span), "schedule D {}");
  EXPECT_EQ(parsed.program.definitions.size(), 2U);
}

/// The nodes below a node are those from its first one to itself, and spans cover their operands.
TEST(Parser, SubtreesAreContiguous) {
  const Parsed parsed("y = (a + b)[i] * sum[k in 0:n](-f(c, d = [1, e.T]))");
  ASSERT_EQ(parsed.errors(), "");
  const auto& nodes = parsed.program.nodes;
  for (syntax::NodeId id = 0; id < nodes.size(); ++id) {
    ASSERT_LE(nodes[id].first, id);
    for (syntax::NodeId below = nodes[id].first; below < id; ++below) {
      EXPECT_GE(nodes[below].first, nodes[id].first);
      EXPECT_GE(nodes[below].span.begin, nodes[id].span.begin);
      EXPECT_LE(nodes[below].span.end, nodes[id].span.end);
    }
  }
  EXPECT_EQ(nodes.back().first, 0U);
  EXPECT_EQ(parsed.program.definitions[0].value, nodes.size() - 1);
}

TEST(Parser, SpansAndCarets) {
  struct Place {
    const char* text;
    const char* span;
    const char* caret;
  };
  const Place places[] = {
      {"a + b", "a + b", "+"},           {"(a) * (b + c)", "(a) * (b + c)", "*"},
      {"a @ b", "a @ b", "@"},           {"- a", "- a", "-"},
      {"f(a, b)", "f(a, b)", "f"},       {"sum[k](x)", "sum[k](x)", "sum"},
      {"x[i, j]", "x[i, j]", "["},       {"x.T", "x.T", "T"},
      {"(a + b)[i]", "(a + b)[i]", "["}, {"name", "name", "name"},
  };
  for (const Place& place : places) {
    const Parsed parsed(std::string("y = ") + place.text);
    const syntax::Node& root = parsed.program.nodes.back();
    EXPECT_EQ(parsed.sources.text_of(root.span), place.span);
    EXPECT_EQ(parsed.sources.text_of(root.operator_span), place.caret) << place.text;
  }
}

struct Mistake {
  const char* text;
  std::uint32_t column;  ///< in the first line
  const char* message;
};

void expect_mistakes(std::span<const Mistake> mistakes, DiagnosticKind kind) {
  for (const Mistake& mistake : mistakes) {
    SCOPED_TRACE(mistake.text);
    const Parsed parsed(std::string(mistake.text) + "\nafter = 1");
    ASSERT_EQ(parsed.diagnostics.count(), 1U) << parsed.errors();
    const Report& report = parsed.diagnostics.reports()[0];
    EXPECT_EQ(report.kind, kind);
    EXPECT_EQ(report.span->begin + 1, mistake.column);
    EXPECT_EQ(report.message, mistake.message);
    EXPECT_EQ(parsed.tree(), "define after\n  1\n") << "what follows is read, what is wrong is not";
    EXPECT_EQ(parsed.program.nodes.size(), 1U);
  }
}

TEST(Parser, MistakesInExpressions) {
  const Mistake mistakes[] = {
      {"y = ;", 5, "expected an expression, found ';'"},
      {"y = )", 5, "')' closes no bracket"},
      {"y = a)", 6, "')' closes no bracket"},
      {"y = (a]", 7, "expected ')', found ']'"},
      {"y = ()", 6, "expected an expression, found ')'"},
      {"y = (a, b)", 7, "expected ')', found ','"},
      {"y = a b", 7, "expected an operator or the end of the statement, found 'b'"},
      {"y = a = b", 7, "expected an operator or the end of the statement, found '='"},
      {"y = 2(x)", 6, "expected an operator or the end of the statement, found '('"},
      {"y = f(x)(z)", 9, "expected an operator or the end of the statement, found '('"},
      {"y = a not b", 7, "expected an operator or the end of the statement, found 'not'"},
      {"y = a + not b", 9, "expected an operand that binds tighter than 'not', found 'not'"},
      {"y = a * / b", 9, "expected an expression, found '/'"},
      {"y = and a", 5, "expected an expression, found 'and'"},
      {"y = not", 8, "expected an expression, found the end of the line"},
      {"y = a < b < c", 11, "comparisons do not chain"},
      {"y = a == b + 1 != c", 16, "comparisons do not chain"},
      {"y = x.", 7, "expected a name after '.', found the end of the line"},
      {"y = x.1", 7, "expected a name after '.', found '1'"},
      {"y = x[]", 7, "expected an expression, found ']'"},
      {"y = x[a b]", 9, "expected ',' or ']', found 'b'"},
      {"y = f(a b)", 9, "expected ',' or ')', found 'b'"},
      {"y = f(a, )", 10, "expected an expression, found ')'"},
      {"y = f(k = 1, )", 14, "expected an expression, found ')'"},
      {"y = f(k = 1, b)", 14, "an argument without a name after one with a name"},
      {"y = [1]", 5, "expected an expression, found '['"},
      {"y = f(1 + [2])", 11, "expected an expression, found '['"},
      {"y = f([1] + 2)", 11, "expected ',' or ')', found '+'"},
      {"y = sum[2](x)", 9, "expected an index variable, found '2'"},
      {"y = sum[](x)", 9, "expected an index variable, found ']'"},
      {"y = sum[pi](x)", 9, "expected an index variable, found 'pi'"},
      {"y = sum[i j](x)", 11, "expected ',', 'in' or ']', found 'j'"},
      {"y = sum[i in 3](x)", 15, "expected ':' and the end of the range, found ']'"},
      {"y = sum[i in 0:1:2](x)", 17, "expected ',' or ']', found ':'"},
      {"y = sum[i](a, b)", 13, "expected ')', found ','"},
      {"y = {a}", 5, "expected an expression, found '{'"},
  };
  expect_mistakes(mistakes, DiagnosticKind::syntax);
}

TEST(Parser, MistakesInStatements) {
  const Mistake mistakes[] = {
      {"3 = a", 1, "expected a statement, found '3'"},
      {"}", 1, "'}' closes no bracket"},
      {"pi = 3", 1, "expected the name of a tensor, found 'pi'"},
      {"A @ B", 3, "expected '=', found '@'"},
      {"inptu A: f32", 7, "expected '=', found 'A'"},
      {"y += 1", 3, "expected '=', found '+='"},
      {"output 3", 8, "expected '=', found '3'"},
      {"output not", 8, "expected the name of an output, found 'not'"},
      {"output C, 3", 11, "expected the name of an output, found '3'"},
      {"output C D", 10, "expected an operator or the end of the statement, found 'D'"},
      {"input A", 8, "expected ':' and the type of 'A', found the end of the line"},
      {"input A f32", 9, "expected ':' and the type of 'A', found 'f32'"},
      {"input A: 3", 10, "expected an element type, found '3'"},
      {"input A: float[M]", 10, "there is no element type 'float'"},
      {"input A: f32[]", 14, "expected an extent, found ']'"},
      {"input A: f32[M N]", 16, "expected ',' or ']', found 'N'"},
      {"C[] = 1", 3, "expected an index variable, found ']'"},
      {"C[:] = 1", 3, "expected an index variable, found ':'"},
      {"C[i j] = 1", 5, "expected ',', 'in' or ']', found 'j'"},
      {"C[i in 0] = 1", 9, "expected ':' and the end of the range, found ']'"},
      {"C[i]: = 1", 7, "expected an element type, found '='"},
      {"sum[k](x) = 1", 7, "expected '=', found '('"},
      {"schedule C on cpu", 18, "expected '{', found the end of the line"},
      {"schedule C {} x", 15, "expected an operator or the end of the statement, found 'x'"},
  };
  expect_mistakes(mistakes, DiagnosticKind::syntax);
}

TEST(Parser, WhatIsNotThereYetIsNamed) {
  const Mistake mistakes[] = {
      {"H[i]: f32[4] += w[i]", 14, "accumulations ('+=') are not supported yet"},
      {"H[i] max= w[i]", 6, "accumulations ('max=') are not supported yet"},
      {"H: f32 min= w", 8, "accumulations ('min=') are not supported yet"},
      {"H[ids[i]]: f32[4] += w[i]", 3, "computed indices left of '=' are not supported yet"},
      {"C[i + 1] = 1", 3, "computed indices left of '=' are not supported yet"},
      {"h[0, j] = a[j]", 3, "recurrences (a number left of '=') are not supported yet"},
      {"input A: f8e4m3[M]", 10, "tensors of f8e4m3 are not supported yet"},
  };
  expect_mistakes(mistakes, DiagnosticKind::unsupported);
}

TEST(Parser, SlicesFunctionsAndConstants) {
  struct Row {
    const char* text;
    const char* tree;
  };
  const Row rows[] = {
      {"y = x[1:, ::2]",
       "define y\n  subscript\n    x\n    slice\n      begin\n        1\n    slice\n"
       "      step\n        2\n"},
      {"y = x[None, ..., a:b:2]",
       "define y\n  subscript\n    x\n    None\n    ...\n    slice\n      begin\n        a\n"
       "      end\n        b\n      step\n        2\n"},
      {"const H = 12", "const H\n  12\n"},
      {"assert (N >= K)", "assert\n  >=\n    N\n    K\n"},
      {"assert 3 < N", "assert\n  <\n    3\n    N\n"},
      {"import \"a.tc\"", "import \"a.tc\"\n"},
      {"a, b = split(x, 2)", "define a, b\n  call split\n    x\n    2\n"},
      {"output a, b = f(x)", "output a\noutput b\ndefine a, b\n  call f\n    x\n"},
      {"y = einsum(\"ij\", x)", "define y\n  call einsum\n    \"ij\"\n    x\n"},
      {"def f(x, axis = -1) = x",
       "def f\n  parameter x\n  parameter axis\n    -\n      1\n  return\n    x\n"},
      {"def f(x) {\n m = x; return m, 1 }",
       "def f\n  parameter x\n  define m\n    x\n  return\n    m\n  return\n    1\n"},
      {"const = 1; def = 2; assert = 3",
       "define const\n  1\ndefine def\n  2\ndefine assert\n  3\n"},
  };
  for (const Row& row : rows) {
    const Parsed parsed(row.text);
    EXPECT_EQ(parsed.errors(), "") << row.text;
    EXPECT_EQ(parsed.tree(), row.tree) << row.text;
  }
}

TEST(Parser, MistakesInFunctionsAndSlices) {
  const Mistake mistakes[] = {
      {"y = x[1:2:3:4]", 12, "a slice has three parts at most"},
      {"y = x[1 + :]", 11, "expected an expression, found ':'"},
      {"def f(x) { m = x }", 5, "the function has no result"},
      {"def f(x) { return x; m = x }", 22, "a statement after 'return'"},
      {"def f(x) x", 10, "expected '=' or '{', found 'x'"},
      {"def f(1) = 1", 7, "expected the name of a parameter, found '1'"},
      {"def f(x) { m = ; return m }", 16, "expected an expression, found ';'"},
      {"const H", 8, "expected '=', found the end of the line"},
  };
  expect_mistakes(mistakes, DiagnosticKind::syntax);
}

TEST(Parser, NumbersHaveLimits) {
  const Mistake mistakes[] = {
      {"y = 18446744073709551616", 5, "the number 18446744073709551616 is over 64 bits"},
      {"y = 1e999", 5, "the number 1e999 is too large for f64"},
  };
  expect_mistakes(mistakes, DiagnosticKind::limit);
}

TEST(Parser, HelpIsGiven) {
  const Row rows[] = {
      {"y = a < b < c", "write a < b and b < c"},
      {"y = 1.", "write 1.0"},
      {"y = .5", "write 0.5"},
      {"y = a + not b", "write it in parentheses, as in (not x)"},
      {"y = sum[k] x[k]", "a reduction is written sum[k](x[k])"},
      {"y = a = b", "equality is written =="},
      {"y = [1]", "a list is an argument by itself, as in max(x, [0, 1])"},
      {"inptu A: f32", "did you mean 'input'?"},
      {"A @ B", "a statement gives a name to a value, as in C = A @ B"},
      {"input A: f32[]", "the type of a scalar is f32 alone"},
  };
  for (const Row& row : rows) {
    const Parsed parsed(row.text);
    ASSERT_EQ(parsed.diagnostics.count(), 1U) << row.text;
    EXPECT_EQ(parsed.diagnostics.reports()[0].help, row.expected) << row.text;
  }
}

TEST(Parser, UnclosedBracketsAreShown) {
  for (const char* text : {"y = a * (b + c\nz = 3", "y = a * (", "y = a * (b;", "y = a * (b]",
                           "y = f(a, (b", "input A: f32[M"}) {
    SCOPED_TRACE(text);
    const Parsed parsed(text);
    ASSERT_EQ(parsed.diagnostics.count(), 1U) << parsed.errors();
    const Report& report = parsed.diagnostics.reports()[0];
    ASSERT_EQ(report.notes.size(), 1U) << parsed.errors();
    const std::string_view bracket = parsed.sources.text_of(*report.notes[0].span);
    EXPECT_TRUE(report.notes[0].message == "'" + std::string(bracket) + "' is opened here");
    EXPECT_EQ(report.notes[0].span->begin, std::string(text).find_last_of("(["));
  }
  EXPECT_EQ(Parsed("schedule C {\n  inline(D)").diagnostics.reports()[0].message,
            "'{' is not closed");
}

TEST(Parser, EveryStatementIsReportedOnce) {
  const Parsed parsed(
      "a = \n) )\n"    // a line that goes on
      "b = 1 $ 2 3\n"  // found by the lexer: not once more
      "c = (1 +; 2)\n"
      "d = 1.\n"
      "e = f x y z\n"
      "good = 1\n"
      "schedule C { split(i, $) }\n"
      "g = **\n");
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : to_public(parsed.diagnostics, parsed.sources)) {
    lines.push_back(std::to_string(diagnostic.line) + " " + diagnostic.kind);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"2 syntax", "3 syntax", "4 syntax", "5 syntax",
                                             "6 syntax", "8 syntax", "9 syntax"}));
  EXPECT_TRUE(parsed.program.schedules.empty()) << "its reader would report it again";
}

}  // namespace
}  // namespace tcc

#include "frontend/format.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "dsl/lexer.h"

namespace tcc {
namespace {

struct Formatted {
  std::optional<std::string> text;
  std::string errors;
};

Formatted format_text(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const SourceId source = sources.add("p.tc", text);
  auto formatted = format(sources, source, diagnostics);
  return {std::move(formatted), render(diagnostics, sources)};
}

struct Case {
  const char* text;
  const char* formatted;
};

void expect_cases(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    const Formatted once = format_text(each.text);
    ASSERT_TRUE(once.text) << each.text << '\n' << once.errors;
    EXPECT_EQ(*once.text, each.formatted);
    const Formatted twice = format_text(*once.text);
    ASSERT_TRUE(twice.text) << *once.text << '\n' << twice.errors;
    EXPECT_EQ(*twice.text, *once.text);
  }
}

TEST(Format, Spaces) {
  expect_cases({
      {"", ""},
      {"\n\n", ""},
      {"y=x", "y = x\n"},
      {"y  =  - x * ( a+b )", "y = -x * (a + b)\n"},
      {"y=a-b - -c", "y = a - b - -c\n"},
      {"y=x**-1", "y = x ** -1\n"},
      {"y = ~a&b|c^d<<2>>e", "y = ~a & b | c ^ d << 2 >> e\n"},
      {"y=not(a and-b)or c", "y = not (a and -b) or c\n"},
      {"input A :f32 [ M,K ] ,B: f32[K , N]", "input A: f32[M, K], B: f32[K, N]\n"},
      {"y[ i in 0 : N ]=sum [ k ](x [ 2 * i+k ] )", "y[i in 0:N] = sum[k](x[2*i + k])\n"},
      {"y=x [ 1 : , : - 1,: :2,None, ... ]", "y = x[1:, :-1, ::2, None, ...]\n"},
      {"y=x[i*-1, a [ j ] % 2]", "y = x[i*-1, a[j]%2]\n"},
      {"y = max( x , axis=-1 ,keep = true )", "y = max(x, axis = -1, keep = true)\n"},
      {"y = reshape(x, [ M*N , -1 ])", "y = reshape(x, [M * N, -1])\n"},
      {"y = x . T @ x.shape [ 0 ]", "y = x.T @ x.shape[0]\n"},
      {"y=(A@B) [ i , j ]", "y = (A @ B)[i, j]\n"},
      {"H[ids[ i ]]:f32[16]+=w[i]", "H[ids[i]]: f32[16] += w[i]\n"},
      {"H[ids[i]] : f32[16] max = w[i]", "H[ids[i]]: f32[16] max= w[i]\n"},
      {"H : f32 min= w[i]", "H: f32 min= w[i]\n"},
      {"max=x\nmin=y", "max = x\nmin = y\n"},
      {"y = a<=b ; z=a !=b", "y = a <= b\nz = a != b\n"},
      {"y = 1_000*0xff+1e-5", "y = 1_000 * 0xff + 1e-5\n"},
  });
}

/// Those that the parser may not know yet, too.
TEST(Format, EveryStatement) {
  expect_cases({
      {"param  W : f32[784,512]", "param W: f32[784, 512]\n"},
      {"const H=12", "const H = 12\n"},
      {"assert N>=K", "assert N >= K\n"},
      {"assert(N>=K)and M>0", "assert (N >= K) and M > 0\n"},
      {"a ,b=f( x )", "a, b = f(x)\n"},
      {"output  C ,D", "output C, D\n"},
      {"output C [i]=x[i]", "output C[i] = x[i]\n"},
      {"def sq( x )=x*x", "def sq(x) = x * x\n"},
      {"def f(x,axis=-1){m=max(x,axis);return x-m,m}",
       "def f(x, axis = -1) {\n  m = max(x, axis)\n  return x - m, m\n}\n"},
      {"def f(x) { return(x) }", "def f(x) {\n  return (x)\n}\n"},
      {"update W=W-0.1*dW", "update W = W - 0.1 * dW\n"},
      {"import \"layers.tc\"", "import \"layers.tc\"\n"},
      {"h[0,j]=h0[j]\nh[t,j]=a[t,j]*h[t-1,j]",
       "h[0, j] = h0[j]\nh[t, j] = a[t, j] * h[t - 1, j]\n"},
      {"schedule C on cuda{bi,ti=split(i,128,tail=guard);bind(bi,block . y)}",
       "schedule C on cuda {\n  bi, ti = split(i, 128, tail = guard)\n  bind(bi, block.y)\n}\n"},
      {"schedule C.1 {\n reorder(k0,i0.o)\n}", "schedule C.1 {\n  reorder(k0, i0.o)\n}\n"},
      {"schedule C { when M>=512 and N%16==0 { vectorize(i) }\nunroll(C.1.i) }",
       "schedule C {\n  when M >= 512 and N % 16 == 0 {\n    vectorize(i)\n  }\n  "
       "unroll(C.1.i)\n}\n"},
      {"schedule C { }", "schedule C {}\n"},
      {"dW,db=grad(loss,[W,b])", "dW, db = grad(loss, [W, b])\n"},
  });
}

TEST(Format, CommentsStay) {
  expect_cases({
      {"# a\n#b   \n\n\n\n# c\ny = x # d\n", "# a\n#b\n\n# c\ny = x  # d\n"},
      {"y = x # one\nlonger = x# two\n\nz = x # three",
       "y = x       # one\nlonger = x  # two\n\nz = x  # three\n"},
      {"schedule C { # why\n\n # that\nunroll(i) # this\n# end\n\n}\n# after",
       "schedule C {  # why\n  # that\n  unroll(i)  # this\n  # end\n}\n# after\n"},
      {"schedule C {\n# only\n}", "schedule C {\n  # only\n}\n"},
      {"y = a + # first\n b + # second\n# third\nc",
       "y = a +  # first\n    b +  # second\n    # third\n    c\n"},
      {"y = f( # f\na, # a\nb)", "y = f(  # f\n  a,    # a\n  b)\n"},
      {"y = x; # a\n; z = x", "y = x  # a\nz = x\n"},
      {"y = f(\"#\") # \"", "y = f(\"#\")  # \"\n"},
  });
}

TEST(Format, BrokenLinesStayBroken) {
  expect_cases({
      {"y = a +\nb *\n c", "y = a +\n    b *\n    c\n"},
      {"y = a + b * (c\n - d)\nz = y", "y = a + b * (c\n             - d)\nz = y\n"},
      {"y = f(a,\nb,\ng(c,\nd))", "y = f(a,\n      b,\n      g(c,\n        d))\n"},
      {"y = f(\na,\ng(\nb\n)\n)", "y = f(\n  a,\n  g(\n    b\n  )\n)\n"},
      {"y = f(a\n\n\n, b\n)", "y = f(a\n      , b\n     )\n"},
      {"input A: f32[M],\nB: f32[N]", "input A: f32[M],\n    B: f32[N]\n"},
      {"def f(x) {\ny = x +\nx\n\n\nreturn y }",
       "def f(x) {\n  y = x +\n      x\n\n  return y\n}\n"},
      {"a = b\n\n\n\nc = d\n\n", "a = b\n\nc = d\n"},
  });
}

TEST(Format, MistakesAreReported) {
  const Case cases[] = {
      {"y = ", "[syntax]"},
      {"y = (x", "expected ')'"},
      {"y = x )", "[syntax]"},
      {"y = $", "[syntax]"},
      {"y: f8e4m3 { (y; z) }", "';' before '(' is closed"},
      {"def f(x) { [}]", "[syntax]"},
      {"y: f8e4m3 { y +\n; z }", "unexpected 'z'"},
      {"y: f8e4m3 { ({ }) }", "'{' before '(' is closed"},
  };
  for (const Case& each : cases) {
    const Formatted result = format_text(each.text);
    EXPECT_FALSE(result.text) << each.text;
    EXPECT_NE(result.errors.find(each.formatted), std::string::npos) << result.errors;
  }
  EXPECT_FALSE(format_text(std::string(300, '(')).text);
}

/// Of the same tokens, with every space, newline and comment where it may stand.
std::string scattered(const std::string& text, std::mt19937& random) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto tokens = tokenize(sources, sources.add("", text), diagnostics);
  std::string result;
  int depth = 0;
  for (const Token& token : tokens) {
    if (token.is("(") || token.is("[")) ++depth;
    if (token.is(")") || token.is("]")) --depth;
    const bool joined = token.is(".") || result.ends_with('.');
    if (!joined) result += std::string(1 + random() % 3, ' ');
    result += token.text;
    if (joined || token.is(".")) continue;
    if (depth > 0 && random() % 8 == 0) result += " # c\n\n";
    if (token.kind == TokenKind::separator && random() % 3 == 0) result += "\n# d\n\n";
  }
  return result;
}

std::vector<std::string> programs() {
  std::vector<std::string> texts;
  for (const char* folder : {"tests/golden", "tests/errors", "examples"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             std::filesystem::path(TCC_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".tc") continue;
      std::ifstream file(entry.path());
      texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  return texts;
}

TEST(Format, ProgramsComeOutTheSameHoweverTheyAreSpaced) {
  std::mt19937 random(20260101);
  std::size_t formatted = 0;
  for (const std::string& text : programs()) {
    const Formatted plain = format_text(text);
    if (!plain.text) continue;  // errors on purpose
    ++formatted;
    EXPECT_EQ(format_text(*plain.text).text, plain.text);
    const std::string other = scattered(text, random);
    const Formatted once = format_text(other);
    ASSERT_TRUE(once.text) << other << '\n' << once.errors;
    EXPECT_EQ(format_text(*once.text).text, once.text) << other;
  }
  EXPECT_GE(formatted, 60u);
}

/// A body that the parser may not know, of any tokens whose brackets match.
std::string random_body(std::mt19937& random) {
  static const std::vector<std::string> pieces = {"a",      "b",   "max",
                                                  "return", "not", "in",
                                                  "1",      "2.5", "\"s\"",
                                                  "+",      "-",   "*",
                                                  "**",     "=",   "+=",
                                                  ",",      ":",   ".",
                                                  "~",      "...", "(",
                                                  "[",      "{",   ")",
                                                  "]",      "}",   "\n",
                                                  "\n\n\n", ";",   "# c\n",
                                                  "f(x)",   "C.1", " # d\n# e\n\n",
                                                  "a = b\n"};
  std::string text;
  std::string open;
  const auto closing = [&] {
    const char bracket = open.back();
    open.pop_back();
    return bracket == '(' ? ")" : bracket == '[' ? "]" : "}";
  };
  for (std::size_t length = random() % 25; length > 0; --length) {
    std::string piece = pieces[random() % pieces.size()];
    if (piece == "(" || piece == "[" || piece == "{") open += piece;
    if (piece == ")" || piece == "]" || piece == "}") piece = open.empty() ? "" : closing();
    text += piece + (random() % 3 == 0 ? "" : " ");
  }
  while (!open.empty())
    text += closing();
  return text;
}

TEST(Format, WhatIsFormattedStaysAsItIs) {
  std::mt19937 random(20260103);
  std::size_t formatted = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::string text = "y: f8e4m3 {" + random_body(random) + "}\n";
    const Formatted once = format_text(text);
    if (!once.text) continue;
    ++formatted;
    EXPECT_EQ(format_text(*once.text).text, once.text) << text;
  }
  EXPECT_GE(formatted, 100u);
}

TEST(Format, LongTextsTakeTimeInProportion) {
  std::string text = "y = x0";
  for (int i = 1; i < 100000; ++i)
    text += " + x" + std::to_string(i);
  EXPECT_EQ(*format_text(text).text, text + "\n");
}

}  // namespace
}  // namespace tcc

// Graphs of programs as text: both notations, every element type, what is stored, and long texts.
#include "frontend/lower_to_graph.h"

#include <chrono>
#include <regex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "frontend/checker.h"
#include "frontend/parser.h"

namespace tcc {
namespace {

ir::Graph graph_from(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const syntax::Program program = parse(sources, sources.add("test.tc", text), diagnostics);
  const checked::Program checked = check(program, {}, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics, sources);
  return diagnostics.has_errors() ? ir::Graph() : lower_to_graph(checked);
}

/// The definitions, one a line, without what is said of inputs.
std::string graph_text(const std::string& text) {
  const std::string all = ir::print(graph_from(text));
  return std::regex_replace(all, std::regex("[^\n]* = placeholder\n"), "");
}

/// i0, i1 and k0 for the names of index notation.
std::string renamed(std::string text) {
  const std::pair<const char*, const char*> names[] = {{"\\bi\\b", "i0"},
                                                       {"\\bj\\b", "i1"},
                                                       {"\\bb\\b", "i2"},
                                                       {"\\bk\\b", "k0"},
                                                       {"\\bl\\b", "k1"}};
  for (const auto& [name, with] : names)
    text = std::regex_replace(text, std::regex(name), with);
  return text;
}

TEST(LowerToGraph, BothNotationsGiveTheSameGraph) {
  struct Row {
    const char* inputs;
    const char* whole;
    const char* points;
  };
  const Row rows[] = {
      {"A: f32[M, K], B: f32[K, N]", "C = A @ B", "C[i, j] = sum[k](A[i, k] * B[k, j])"},
      {"A: f32[M, K], B: f32[N, K]", "C = A @ B.T", "C[i, j] = sum[k](A[i, k] * B[j, k])"},
      {"A: f32[M, K], B: f32[K, N], c: f32[N]", "C = relu(A @ B + c)",
       "C[i, j] = relu(sum[k](A[i, k] * B[k, j]) + c[j])"},
      {"A: f32[M, K], x: f32[K]", "C = A @ x", "C[i] = sum[k](A[i, k] * x[k])"},
      {"A: f64[M, K]", "C = sum(A, 1)", "C[i] = sum[k](A[i, k])"},
      {"A: f64[M, K]", "C = max(A)", "C = max[k, l](A[k, l])"},
      {"A: f32[M, N]", "C = A.T", "C[i, j] = A[j, i]"},
      {"A: f32[M], B: f64[M]", "C = A * B + 1", "C[i] = A[i] * B[i] + 1"},
      {"A: i8[M]", "C = sum(A)", "C = sum[k](A[k])"},
      {"A: f32[M, N]", "C = A / sum(A)", "C[i, j] = A[i, j] / sum(A)"},
  };
  for (const Row& row : rows) {
    const std::string inputs = fmt::format("input {}\n", row.inputs);
    EXPECT_EQ(graph_text(inputs + row.whole), renamed(graph_text(inputs + row.points)))
        << row.points;
  }
}

TEST(LowerToGraph, EveryElementType) {
  for (const char* dtype : {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64"}) {
    const std::string line = graph_text(fmt::format("input x: {}[N]\ny = x + x", dtype));
    EXPECT_EQ(line, fmt::format("output y[i0 in 0:N]: {} = x[i0] + x[i0]\n", dtype));
  }
  EXPECT_EQ(graph_text("input x: bool[N]\ny = not x"), "output y[i0 in 0:N]: bool = not x[i0]\n");
}

struct Pair {
  const char* text;
  const char* expected;
};

TEST(LowerToGraph, WhatIsStored) {
  const Pair rows[] = {
      {"y[i, j] = (A @ B)[i, j]",
       "y.1[i0 in 0:M, i1 in 0:N]: f32 = sum[k0 in 0:K](A[i0, k0] * B[k0, i1])\n"
       "output y[i in 0:M, j in 0:N]: f32 = y.1[i, j]\n"},
      {"y[i, j] = (A + 1.0)[j, i]", "output y[i in 0:K, j in 0:M]: f32 = A[j, i] + 1.0\n"},
      {"y[i] = (A * A)[i, 0]", "output y[i in 0:M]: f32 = A[i, 0] * A[i, 0]\n"},
      {"y = relu(A) @ B",
       "y.1[i0 in 0:M, i1 in 0:K]: f32 = relu(A[i0, i1])\n"
       "output y[i0 in 0:M, i1 in 0:N]: f32 = sum[k0 in 0:K](y.1[i0, k0] * B[k0, i1])\n"},
      {"y = relu(A).T.T @ B",
       "y.1[i0 in 0:M, i1 in 0:K]: f32 = relu(A[i0, i1])\n"
       "output y[i0 in 0:M, i1 in 0:N]: f32 = sum[k0 in 0:K](y.1[i0, k0] * B[k0, i1])\n"},
      {"y = sum(v, [])", "output y[i0 in 0:K]: f32 = v[i0]\n"},
      {"y[i in 0:2] = sum(v)",
       "y.1[]: f32 = sum[k0 in 0:K](v[k0])\noutput y[i in 0:2]: f32 = y.1[]\n"},
      {"y[i in 0:2] = v @ v",
       "y.1[]: f32 = sum[k0 in 0:K](v[k0] * v[k0])\noutput y[i in 0:2]: f32 = y.1[]\n"},
      {"y = sum(v) + sum(v)",
       "y.1[]: f32 = sum[k0 in 0:K](v[k0])\ny.2[]: f32 = sum[k0 in 0:K](v[k0])\n"
       "output y[]: f32 = y.1[] + y.2[]\n"},
      {"y = max(A @ B, 0)",
       "y.1[i0 in 0:M, i1 in 0:N]: f32 = sum[k0 in 0:K](A[i0, k0] * B[k0, i1])\n"
       "output y[i0 in 0:N]: f32 = max[k0 in 0:M](y.1[k0, i0])\n"},
      {"y[i] = sum[k](A[i, k] * max[l](B[k, l]))",
       "y.1[k in 0:K]: f32 = max[l in 0:N](B[k, l])\n"
       "output y[i in 0:M]: f32 = sum[k in 0:K](A[i, k] * y.1[k])\n"},
      {"y = sum[k in 2:K](v[k] * sum[l in 1:K](v[k] * v[l]))",
       "y.1[k in 0:maximum(K - 2, 0)]: f32 = sum[l in 1:K](v[k + 2] * v[l])\n"
       "output y[]: f32 = sum[k in 2:K](v[k] * y.1[k - 2])\n"},
      {"y = v @ B", "output y[i0 in 0:N]: f32 = sum[k0 in 0:K](v[k0] * B[k0, i0])\n"},
  };
  for (const Pair& row : rows) {
    const std::string inputs = "input A: f32[M, K], B: f32[K, N], v: f32[K]\n";
    EXPECT_EQ(graph_text(inputs + row.text), row.expected) << row.text;
  }
}

TEST(LowerToGraph, SizesAndLiterals) {
  EXPECT_EQ(graph_text("input x: f32[0, 1]\ny = x + 1"),
            "output y[i0 in 0:0, i1 in 0:1]: f32 = x[i0, i1] + 1.0\n");
  EXPECT_EQ(graph_text("input x: f64[N, M]\ny = x * (N * M - 1)"),
            "output y[i0 in 0:N, i1 in 0:M]: f64 = x[i0, i1] * f64(M * N - 1)\n");
  EXPECT_EQ(graph_text("y = 2"), "output y[]: i64 = 2\n");
  EXPECT_EQ(graph_text("y: u8 = 2"), "output y[]: u8 = 2u8\n");
  EXPECT_EQ(graph_text("y = true"), "output y[]: bool = true\n");
}

/// Seconds that a text takes.
double time_of(const std::string& text) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(graph_from(text).tensors.empty());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string sum_of(int terms) {
  std::string text = "input x: f32[N]\ny = x";
  for (int t = 1; t < terms; ++t)
    text += " + x";
  return text;
}

std::string sum_of_points(int terms) {
  std::string text = "input x: f32[N]\ny[i] = x[i]";
  for (int t = 1; t < terms; ++t)
    text += fmt::format(" + x[i] * {}", t);
  return text;
}

std::string chain_of(int definitions) {
  std::string text = "input x: f32[N]\ny0 = x\n";
  for (int d = 1; d < definitions; ++d)
    text += fmt::format("y{} = y{} + x\n", d, d - 1);
  return text;
}

std::string nested(int depth) {
  std::string value = "x[v0]";
  for (int d = 0; d < depth; ++d)
    value = fmt::format("sum[v{}](x[v{}] * {})", d, d, value);
  return "input x: f32[N]\ny = " + value;
}

std::string sum_in_a_base(int terms) {
  std::string text = "input x: f32[N]\ny[i] = (x";
  for (int t = 1; t < terms; ++t)
    text += " + x";
  return text + ")[i]";
}

TEST(LowerToGraph, LongTextsTakeTimeInProportion) {  // 10.3
  for (const auto make : {sum_of, sum_of_points, chain_of, sum_in_a_base}) {
    const int count = make == chain_of ? 10000 : 100000;
    const double tenth = time_of(make(count / 10));
    const double whole = time_of(make(count));
    EXPECT_LT(whole, 30 * tenth + 0.5) << make(2);
  }
  EXPECT_LT(time_of(nested(120)), 5);
}

}  // namespace
}  // namespace tcc

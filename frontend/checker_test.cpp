// The checker on programs as texts: what each is refused for, and the types of what is right.
#include "frontend/checker.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dsl/type_text.h"
#include "tests/support/checked_text.h"

namespace tcc {
namespace {

using Checked = CheckedText;

std::string type_of(const checked::Program& program, const std::string& name) {
  for (const checked::Tensor& tensor : program.tensors) {
    if (tensor.name == name) return type_text(tensor.dtype, tensor.shape);
  }
  return "nothing";
}

/// The type of `expression` beside inputs of every element type, named like it: `i8` is x_i8.
std::string type_of_expression(const std::string& expression) {
  std::string text = "input v: f32[N], A: f32[M, K], B: f32[K, N]\n";
  for (const char* dtype : {"bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f16",
                            "bf16", "f32", "f64"}) {
    text += fmt::format("input x_{0}: {0}[N]\n", dtype);
  }
  const Checked result = checked_text(text + "result = " + expression);
  return result.errors == "OK" ? type_of(result.program, "result") : result.errors;
}

struct Pair {
  const char* text;
  const char* expected;
};

void expect_types(std::initializer_list<Pair> rows) {
  for (const Pair& row : rows)
    EXPECT_EQ(type_of_expression(row.text), row.expected) << row.text;
}

TEST(Checker, ElementaryFunctions) {  // 7
  expect_types({
      {"exp(x_f16)", "f16[N]"},
      {"exp(x_i16)", "f32[N]"},
      {"exp(x_i64)", "f64[N]"},
      {"atan2(x_f16, x_bf16)", "f32[N]"},
      {"hypot(x_u8, 2.0)", "f32[N]"},
      {"fma(x_f64, 2, x_f32)", "f64[N]"},
      {"floor(x_i16)", "i16[N]"},
      {"sign(x_bf16)", "bf16[N]"},
      {"clamp(x_i32, 0, 9)", "i32[N]"},
      {"clamp(x_i32, 0.5, 9)", "f32[N]"},
      {"isnan(x_f32)", "bool[N]"},
      {"isfinite(x_i8)", "bool[N]"},
      {"exp(2)", "f32"},
      {"floor(2.5)", "f32"},
  });
}

TEST(Checker, PowersAndBits) {  // 4, 2.6
  expect_types({
      {"x_f32 ** 2", "f32[N]"},
      {"x_i16 ** 2", "i16[N]"},
      {"x_i16 ** 0.5", "f32[N]"},
      {"2 ** x_f16", "f16[N]"},
      {"x_i8 ** x_i32", "i32[N]"},
      {"2.0 ** -1", "f32"},
      {"2 ** 10", "i64"},
      {"x_i8 | x_u8", "i16[N]"},
      {"x_bool & true", "bool[N]"},
      {"~x_u16", "u16[N]"},
      {"x_i8 << 3", "i8[N]"},
      {"x_f32 // 2", "f32[N]"},
      {"x_f16 % x_f16", "f16[N]"},
  });
}

TEST(Checker, Promotion) {  // 2.3
  expect_types({
      {"x_i8 + x_i16", "i16[N]"},
      {"x_u8 + x_u32", "u32[N]"},
      {"x_i8 + x_u8", "i16[N]"},
      {"x_i16 + x_u16", "i32[N]"},
      {"x_i8 + x_u32", "i64[N]"},
      {"x_i64 + x_u32", "i64[N]"},
      {"x_u64 + x_u8", "u64[N]"},
      {"x_u64 + x_i8",
       "dtype-mismatch: u64 and i8 have no common type: 'x_u64' is u64[N], 'x_i8' is i8[N]"},
      {"x_f32 + x_f64", "f64[N]"},
      {"x_i64 * x_f32", "f32[N]"},
      {"x_u64 * x_f32", "f32[N]"},
      {"where(x_bool, x_bool, x_i8)", "i8[N]"},
      {"x_bool == x_i8", "bool[N]"},
      {"x_bool + x_i8", "i8[N]"},
      {"x_bool * x_f64", "f64[N]"},
      {"x_bool + 1", "i64[N]"},
      {"x_bool < 0.5", "bool[N]"},
      {"x_bool / 2", "f32[N]"},
      {"x_bool + x_bool", "dtype-mismatch: '+' takes numbers, but 'x_bool' is bool[N]"},
      {"x_bool < x_bool", "dtype-mismatch: '<' takes numbers, but 'x_bool' is bool[N]"},
      {"-x_bool", "dtype-mismatch: '-' takes numbers, but 'x_bool' is bool[N]"},
  });
}

TEST(Checker, WeakLiterals) {  // 2.4
  expect_types({
      {"1", "i64"},
      {"1.5", "f32"},
      {"N", "i64"},
      {"2 * N + 1", "i64"},
      {"N / 2", "f32"},
      {"1 / 2", "f32"},
      {"sqrt(2)", "f32"},
      {"v.shape[0] + A.shape[-1]", "i64"},
      {"x_i8 + 1", "i8[N]"},
      {"x_u64 + 1", "u64[N]"},
      {"x_i8 + 1.5", "f32[N]"},
      {"x_i64 + 1.5", "f32[N]"},
      {"x_f64 + 1.5", "f64[N]"},
      {"x_f64 * N", "f64[N]"},
      {"x_i8 + N", "i8[N]"},
      {"where(x_bool, 1, 0)", "i64[N]"},
      {"where(x_bool, 1.0, 0.0)", "f32[N]"},
      {"where(x_bool, 1, 0.5)", "f32[N]"},
      {"where(x_bool, x_f64, 0.5)", "f64[N]"},
      {"where(x_bool, x_bool, 1)", "i64[N]"},
      {"x_i8 + 127", "i8[N]"},
      {"x_i8 + 128", "dtype-mismatch: 128 does not fit i8"},
      {"x_i8 + -128", "i8[N]"},
      {"x_i8 + -129", "dtype-mismatch: -129 does not fit i8"},
      {"x_u8 * -1", "dtype-mismatch: -1 does not fit u8"},
      {"x_u64 + 9223372036854775807", "u64[N]"},
      {"x_i64 + -9223372036854775808", "i64[N]"},
      {"x_i64 + 9223372036854775808", "limit: 9223372036854775808 does not fit i64"},
      {"9223372036854775807 + 1", "limit: the integer overflows 64 bits"},
      {"x_f32 + 1e38", "f32[N]"},
      {"x_f32 + 1e39", "dtype-mismatch: 1e+39 does not fit f32"},
      {"x_f64 + 1e39", "f64[N]"},
      {"x_f32 + inf", "f32[N]"},
      {"x_f32 + nan", "f32[N]"},
  });
}

TEST(Checker, Conversions) {  // 2.5
  expect_types({
      {"f32(x_f64)", "f32[N]"},
      {"i8(x_f64)", "i8[N]"},
      {"f64(x_bool)", "f64[N]"},
      {"u8(255)", "u8"},
      {"u8(256)", "dtype-mismatch: 256 does not fit u8"},
      {"i32(1.5)", "i32"},
      {"f64(N)", "f64"},
      {"f64(1)", "f64"},
      {"f16(x_f32)", "f16[N]"},
      {"f32(x_f32, 1)", "bad-argument: 'f32' takes 1 argument, but 2 are given"},
  });
}

TEST(Checker, Division) {  // 2.6
  expect_types({
      {"x_i32 / x_i8", "f32[N]"},
      {"x_i64 / x_i8", "f64[N]"},
      {"x_u64 / 2", "f64[N]"},
      {"x_i32 / 2", "f32[N]"},
      {"x_i32 / N", "f32[N]"},
      {"x_f32 / x_i64", "f32[N]"},
      {"sqrt(x_i16)", "f32[N]"},
      {"sqrt(x_u64)", "f64[N]"},
      {"relu(x_i16)", "i16[N]"},
      {"abs(x_u8)", "u8[N]"},
  });
}

TEST(Checker, ReductionTypes) {  // 2.8
  expect_types({
      {"sum(x_bool)", "i64"},
      {"sum(x_i8)", "i32"},
      {"sum(x_i16)", "i32"},
      {"sum(x_u8)", "u32"},
      {"prod(x_u16)", "u32"},
      {"sum(x_i32)", "i32"},
      {"sum(x_u32)", "u32"},
      {"sum(x_i64)", "i64"},
      {"prod(x_u64)", "u64"},
      {"sum(x_f32)", "f32"},
      {"sum(x_f64)", "f64"},
      {"max(x_i8)", "i8"},
      {"min(x_u64)", "u64"},
      {"max(x_bool)", "dtype-mismatch: 'max' takes numbers, but 'x_bool' is bool[N]"},
      {"x_i8 @ x_i8", "i32"},
      {"x_bool @ x_bool", "i64"},
      {"x_u8 @ x_u16", "u32"},
      {"x_f32 @ x_f64", "f64"},
      {"sum[i](x_i8[i])", "i32"},
      {"max[i](x_i8[i])", "i8"},
      {"sum[i in 0:3](i)", "i64"},
      {"sum[i in 0:3](1.5)", "f32"},
  });
}

TEST(Checker, Shapes) {  // 5
  expect_types({
      {"A @ B", "f32[M, N]"},
      {"A.T", "f32[K, M]"},
      {"B @ v", "f32[K]"},
      {"v @ B.T", "f32[K]"},
      {"v @ v", "f32"},
      {"A @ B + v", "f32[M, N]"},
      {"sum(A, 0)", "f32[K]"},
      {"sum(A, -1)", "f32[M]"},
      {"sum(A, [1, 0])", "f32"},
      {"sum(A, [])", "f32[M, K]"},
      {"sum(A, 1, true)", "f32[M, 1]"},
      {"max(A, keep = true)", "f32[1, 1]"},
      {"A - max(A, 1, keep = true)", "f32[M, K]"},
      {"A == A", "bool[M, K]"},
      {"x_f32[0]", "f32"},
      {"A[-1, 0]", "f32"},
      {"sum(3.0)", "f32"},
      {"sum(v, 1)", "rank-mismatch: there is no axis 1 in f32[N]"},
      {"sum(v, -2)", "rank-mismatch: there is no axis -2 in f32[N]"},
      {"v.T", "rank-mismatch: '.T' swaps the last two axes, but 'v' is f32[N]"},
      {"A @ 2.0", "rank-mismatch: '@' takes vectors and matrices, but the right side is a float"},
      {"A + B", "size-mismatch: sizes differ: 'A' is f32[M, K], 'B' is f32[K, N]"},
      {"A @ A", "size-mismatch: inner sizes differ: 'A' is f32[M, K], 'A' is f32[M, K]"},
      {"A.size", "undefined-name: there is no '.size'"},
      {"A.shape", "bad-argument: '.shape' is no tensor"},
      {"A.shape[2]", "rank-mismatch: there is no axis 2: the rank is 2"},
      {"A[0]", "f32[K]"},
      {"A[1:, ::2]", "f32[M - 1, ((K + 1) // 2)]"},
      {"A[None, ..., 0]", "f32[1, M]"},
      {"A[:, None]", "f32[M, 1, K]"},
  });
}

TEST(Checker, EveryMistakeOnce) {  // 10.1
  const Pair rows[] = {
      {"y = q", "undefined-name: 'q' is not defined"},
      {"y = q + q * q", "undefined-name: 'q' is not defined"},
      {"y = q\nz = y + 1\nw[i] = z[i] * y[i]", "undefined-name: 'q' is not defined"},
      {"y = relu(q) @ x", "undefined-name: 'q' is not defined"},
      {"y = sum(x, q)", "undefined-name: 'q' is not defined"},
      {"y = sum(x, [q])", "undefined-name: 'q' is not defined"},
      {"y = sum(x, [[0]])", "bad-argument: a list is no tensor"},
      {"y = x.shape[q] + q.shape[0]", "undefined-name: 'q' is not defined"},
      {"y[i] = x[i] + x.shape[i]", "bad-argument: an axis is an integer literal"},
      {"y = where(q, r, 1)",
       "undefined-name: 'q' is not defined\n"
       "undefined-name: 'r' is not defined"},
      {"y: f32[Q] = x", "undefined-name: 'Q' is not defined"},
      {"y[i in 0:Q] = x[i]", "undefined-name: 'Q' is not defined"},
      {"y = a\na = b\nb = y", "cycle: 'y' depends on itself by way of 'a', 'b'"},
      {"y = y\nz = y", "cycle: 'y' depends on itself"},
      {"y[k] = k.T", "rank-mismatch: '.T' swaps the last two axes, but 'k' is i64"},
      {"y[i] = x[i]\ny = x", "redefinition: 'y' is defined twice"},
      {"N = x", "redefinition: 'N' is defined twice"},
  };
  for (const Pair& row : rows) {
    EXPECT_EQ(errors_of(std::string("input x: f32[N]\n") + row.text), row.expected) << row.text;
  }
}

TEST(Checker, WrittenTypesAreChecks) {  // 3.4
  const Pair rows[] = {
      {"y: f32[N] = x", "OK"},
      {"y[i]: f32[N] = x[i]", "OK"},
      {"y: f64 = 1.5", "OK"},
      {"y: u8 = 255", "OK"},
      {"y: u8 = 256", "dtype-mismatch: 256 does not fit u8"},
      {"y: i8 = 1.5", "dtype-mismatch: 'y' is f32, but i8 is written"},
      {"y: bool = 1", "dtype-mismatch: 'y' is i64, but bool is written"},
      {"y: bool = true", "OK"},
      {"y: f64[N] = x", "dtype-mismatch: 'y' is f32[N], but f64[N] is written"},
      {"y: f32[2*N] = x", "size-mismatch: 'y' is f32[N], but f32[2*N] is written"},
      {"y: f32[N, 1] = x", "rank-mismatch: 'y' is f32[N], but f32[N, 1] is written"},
      {"y: f32 = x", "rank-mismatch: 'y' is f32[N], but f32 is written"},
  };
  for (const Pair& row : rows) {
    EXPECT_EQ(errors_of(std::string("input x: f32[N]\n") + row.text), row.expected) << row.text;
  }
}

std::string outputs_of(const std::string& text) {
  const Checked result = checked_text("input x: f32[N]\n" + text);
  if (result.errors != "OK") return result.errors;
  std::string names;
  for (const checked::TensorId id : result.program.outputs)
    names += (names.empty() ? "" : " ") + result.program.tensors[id].name;
  return names;
}

TEST(Checker, Outputs) {  // 3.5
  const Pair rows[] = {
      {"y = x", "y"},
      {"y = x\nz = y\nw = x", "z w"},
      {"output y = x\nz = y", "y"},
      {"output z, y\ny = x\nz = y", "z y"},
      {"output q\ny = x", "undefined-name: 'q' is not defined"},
      {"output x\ny = x", "bad-argument: 'x' is an input, and no output"},
      {"output y, y\ny = x", "redefinition: 'y' is marked as an output twice"},
  };
  for (const Pair& row : rows)
    EXPECT_EQ(outputs_of(row.text), row.expected) << row.text;
}

TEST(Checker, FreeNames) {  // 3.8
  const auto names = [](const std::string& text, const SizeValues& sizes = {}) {
    SourceMap sources;
    Diagnostics diagnostics;
    const syntax::Program program = parse(sources, sources.add("test.tc", text), diagnostics);
    std::string joined;
    for (const std::string& name : free_names(program, sizes))
      joined += (joined.empty() ? "" : " ") + name;
    return joined;
  };
  EXPECT_EQ(names("C = A @ B + bias"), "A B bias");
  EXPECT_EQ(names("C[i, j] = sum[k](A[i, k] * B[k, j]) + bias[j]"), "A B bias");
  EXPECT_EQ(names("D = C + A\nC = A * B"), "A B");
  EXPECT_EQ(names("y[i in 0:n] = x[i + m] * n", {{"n", 3}}), "x");
  EXPECT_EQ(names("y[i] = x[i + m]"), "x");
  EXPECT_EQ(names("input A: f32\nC = A @ B"), "");
  EXPECT_EQ(names("s = sum[i in 1:9](1.0 * i)"), "");

  CheckOptions options;
  options.free_names = {{"A", {DType::f64, {2, 3}}}, {"b", {DType::i8, {3}}}};
  const Checked result = checked_text("y = A * b", options);
  EXPECT_EQ(result.errors, "OK");
  EXPECT_EQ(type_of(result.program, "y"), "f64[2, 3]");
  EXPECT_EQ(errors_of("y = A * b"),
            "missing-input: input 'A' is not bound\nmissing-input: input 'b' is not bound");
}

TEST(Checker, SetSizesAreNumbers) {
  CheckOptions options;
  options.sizes = {{"N", 4}};
  const Checked result = checked_text("input x: f32[N, M]\ny = x * N\nz = x[N - 1, 0]", options);
  EXPECT_EQ(result.errors, "OK");
  EXPECT_EQ(type_of(result.program, "y"), "f32[4, M]");
  EXPECT_EQ(result.program.size_names, std::vector<std::string>{"M"});
  options.sizes = {{"N", 4}, {"Q", 1}};
  EXPECT_EQ(checked_text("input x: f32[N]\ny = x", options).errors,
            "undefined-name: the program has no size or constant 'Q'");
  options.sizes = {{"x", 4}};
  EXPECT_EQ(checked_text("input x: f32\ny = x", options).errors,
            "bad-argument: 'x' is a tensor, but --set gives it as a size");
}

TEST(Checker, Limits) {  // 10.3
  const Pair rows[] = {
      {"y[i in 0:1152921504606846976] = 1.0", "OK"},
      {"y[i in 0:1152921504606846977] = 1.0",
       "limit: a tensor of type f32[1152921504606846977] is over 2^62 bytes"},
      {"y[i in 0:4294967296, j in 0:4294967296] = 1.0",
       "limit: a tensor of type f32[4294967296, 4294967296] is over 2^62 bytes"},
      {"y[i in 0:9223372036854775807 * 2] = 1.0", "limit: the size overflows 64 bits"},
      {"input x: f32[4611686018427387904, 4, 0]\ny = x", "OK"},
      {"input x: f32[2]\ny[i in 0:2] = x[i * 4611686018427387904 * 4]",
       "limit: the index overflows 64 bits"},
  };
  for (const Pair& row : rows)
    EXPECT_EQ(errors_of(row.text), row.expected) << row.text;
}

TEST(Checker, ManyErrorsAreCountedAndTwentyKept) {
  std::string text = "input x: f32[N]\n";
  for (int i = 0; i < 3000; ++i)
    text += fmt::format("y{} = undefined_{}\n", i, i);
  SourceMap sources;
  Diagnostics diagnostics;
  const syntax::Program program = parse(sources, sources.add("test.tc", text), diagnostics);
  check(program, {}, diagnostics);
  EXPECT_EQ(diagnostics.count(), 3000U);
  EXPECT_EQ(diagnostics.reports().size(), Diagnostics::max_errors);
}

}  // namespace
}  // namespace tcc

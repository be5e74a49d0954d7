// The automatic schedulers: what kind they take a definition for, what shares a kernel and why,
// that nothing of full size is stored where rows will do, and that what they print can be pasted
// back.
#include <algorithm>

#include <gtest/gtest.h>

#include "ir/printer.h"
#include "ir/schedulers/choose_schedule.h"
#include "ir/schedulers/classify.h"
#include "tests/golden_runner.h"
#include "tests/support/lowered_text.h"

namespace tcc::tests {
namespace {

namespace fs = std::filesystem;

// --- kinds

struct KindCase {
  const char* text;
  const char* name;
  const char* kind;
};

class Kinds : public ::testing::TestWithParam<KindCase> {};

TEST_P(Kinds, FollowFromIndexMaps) {
  const Lowered lowered = lowered_text(GetParam().text);
  const auto& tensors = lowered.graph.tensors;
  const auto found = std::find_if(tensors.begin(), tensors.end(), [](const ir::Tensor& tensor) {
    return tensor.name == GetParam().name;
  });
  ASSERT_NE(found, tensors.end());
  EXPECT_EQ(name_of(ir::classify(*found)), GetParam().kind) << GetParam().text;
}

constexpr KindCase kinds[] = {
    {"input x: f32[M, N]; y = exp(x) + 1.0", "y", "elementwise"},
    {"input x: f32[M, N], b: f32[N]; y = x + b", "y", "elementwise"},
    {"input x: f32[M, N], b: f32[M]; y = x * b[:, None]", "y", "elementwise"},
    {"input x: f32[N]; y[i in 0:N - 2] = x[i] + x[i + 2]", "y", "elementwise"},
    {"y[i in 0:5, j in 0:6] = 1.0 * i + j", "y", "elementwise"},
    {"input x: f32[M, N]; y[i, j] = x[j, i]", "y", "transpose"},
    {"input x: f32[B, M, N]; y[b, i, j] = x[b, j, i] + 1.0", "y", "transpose"},
    {"input x: f32[B, M, N]; y[i, b, j] = x[b, i, j]", "y", "elementwise"},
    {"input x: f32[M, N], ids: i64[K]; y[k, j] = x[ids[k], j]", "y", "gather"},
    {"input x: f32[N], ids: i32[K]; y[k] = x[ids[k]]", "y", "gather"},
    {"input x: f32[M, N]; y = sum(x)", "y", "full reduction"},
    {"input x: f32[M, N]; y = max(x, keep = true)", "y", "full reduction"},
    {"input x: f32[M, N]; y = sum(x, 1)", "y", "row reduction"},
    {"input x: f32[M, N]; y = sum(x, 1, keep = true)", "y", "row reduction"},
    {"input x: f32[M, N], w: f32[N]; y = x @ w", "y", "row reduction"},
    {"input x: f32[B, M, N]; y = max(x, [1, 2])", "y", "row reduction"},
    {"input x: f32[M, N]; y = sum(x, 0)", "y", "column reduction"},
    {"input x: f32[M, N], w: f32[M]; y = w @ x", "y", "column reduction"},
    {"input x: f32[B, M, N]; y = sum(x, 1)", "y", "column reduction"},
    {"input x: f32[B, M, N]; y = sum(x, [0, 1])", "y", "column reduction"},
    {"input A: f32[M, K], B: f32[K, N]; y = A @ B", "y", "contraction"},
    {"input A: f32[1, K], B: f32[K, N]; y = A @ B", "y", "column reduction"},
    {"input A: f32[1, K], B: f32[N, K]; y = A @ B.T", "y", "row reduction"},
    {"input A: f32[M, K], B: f32[N, K]; y = A @ B.T", "y", "contraction"},
    {"input A: f32[K, M], B: f32[K, N]; y[i, j] = sum[k](A[k, i] * B[k, j])", "y", "contraction"},
    {"input A: f32[B, M, K], D: f32[B, K, N]; y = A @ D", "y", "contraction"},
    {"input x: f32[C, H, W], w: f32[F, C, 3, 3]\n"
     "y[f, i, j] = sum[c, u, v](x[c, i + u, j + v] * w[f, c, u, v])",
     "y", "contraction"},
    {"input x: f32[M, N]; y = cumsum(x, 1)", "y", "in order"},
    {"y[i in 0:5] = sum[k in 0:4](1.0 * i + k)", "y", "fallback"},
};

INSTANTIATE_TEST_SUITE_P(Schedulers, Kinds, ::testing::ValuesIn(kinds));

// --- what is stored

/// Buffers between kernels that have more than one axis of more than one element.
std::vector<std::string> stored_tensors(const Lowered& lowered) {
  std::vector<std::string> stored;
  for (const ir::Buffer& buffer : lowered.general().scheduled.buffers) {
    const auto wide =
        std::count_if(buffer.shape.begin(), buffer.shape.end(),
                      [](const auto& extent) { return ir::constant_of(extent).value_or(2) > 1; });
    if (buffer.use == ir::BufferUse::temporary && wide > 1) stored.push_back(buffer.name);
  }
  return stored;
}

struct StoredCase {
  const char* text;
  Sizes sizes;
};

class NothingOfFullSizeIsStored : public ::testing::TestWithParam<StoredCase> {};

TEST_P(NothingOfFullSizeIsStored, BySymbolicAndByLiteralSizes) {
  for (const Sizes& sizes : {Sizes(), GetParam().sizes}) {
    const Lowered lowered = lowered_text(GetParam().text, sizes);
    EXPECT_EQ(stored_tensors(lowered), std::vector<std::string>()) << GetParam().text;
  }
}

const StoredCase nothing_stored[] = {
    {"input x: f32[M, N]; y = softmax(x)", {{"M", 5}, {"N", 100}}},
    {"input x: f32[B, M, N]; y = softmax(x)", {{"B", 2}, {"M", 5}, {"N", 33}}},
    {"input x: f16[M, N]; y = softmax(x)", {{"M", 5}, {"N", 100}}},
    {"input x: f32[M, N]; y = log_softmax(x)", {{"M", 1}, {"N", 1000000}}},
    {"input x: f32[M, N], w: f32[N], b: f32[N]; y = layer_norm(x, w, b)", {{"M", 0}, {"N", 7}}},
    {"input x: f32[M, N], w: f32[N]; y = rms_norm(x, w)", {{"M", 64}, {"N", 64}}},
    {"input x: f32[M, N]; y = var(x, 1)", {{"M", 3}, {"N", 31}}},
    {"input x: f32[M, N]; y = x - mean(x, 1, keep = true)", {{"M", 3}, {"N", 1}}},
    {"input x: f32[M, N]; y = x / l2_norm(x, 1, keep = true)", {{"M", 9}, {"N", 9}}},
    {"input x: f32[M, K], W: f32[K, N], b: f32[N]; y = gelu(x @ W + b)",
     {{"M", 8}, {"K", 8}, {"N", 8}}},
    {"input x: f32[M, K], W: f32[K, N]; y = softmax(x @ W)", {{"M", 8}, {"K", 8}, {"N", 100}}},
    {"input x: f32[M, N]; y = sum(softmax(x), 1)", {{"M", 8}, {"N", 8}}},
    {"input q: f32[T, d], k: f32[S, d], v: f32[S, d]; y = attention(q, k, v)",
     {{"T", 8}, {"S", 9}, {"d", 4}}},
    {"input q: f32[H, T, d], k: f32[H, T, d], v: f32[H, T, d]; y = attention(q, k, v, causal = "
     "true)",
     {{"H", 2}, {"T", 33}, {"d", 16}}},
    {"input q: f32[h, T, d], k: f32[h, T, d], v: f32[h, T, d]; y = attention(q, k, v)",
     {{"T", 64}}},
    {"input q: f32[h, T, d], k: f32[h, T, d], v: f32[h, T, d]; y = attention(q, k, v)",
     {{"T", 4096}}},
    {"input q: f32[h, T, d], k: f32[h, T, d], v: f32[h, T, d]; y = attention(q, k, v)",
     {{"h", 2}, {"T", 512}, {"d", 64}}},
    {"input q: f32[T, d], k: f32[S, d], v: f32[S, d], m: bool[T, S]; y = attention(q, k, v, m)",
     {{"T", 8}, {"S", 9}, {"d", 4}}},
};

INSTANTIATE_TEST_SUITE_P(Schedulers, NothingOfFullSizeIsStored,
                         ::testing::ValuesIn(nothing_stored));

struct ExampleCase {
  const char* file;
  Sizes sizes;
  /// What more than one kernel reads, or what is written out too.
  std::vector<std::string> stored;
};

class ExamplesStore : public ::testing::TestWithParam<ExampleCase> {};

TEST_P(ExamplesStore, WhatSeveralKernelsReadAndNothingElse) {
  for (const Sizes& sizes : {Sizes(), GetParam().sizes}) {
    std::vector<std::string> stored = stored_tensors(lowered_file(GetParam().file, sizes));
    // Of a perceptron's layers, the narrow ones: the mean square and the next layer read each. And
    // the scaled biases.
    std::erase_if(stored, [](const std::string& name) {
      return name.ends_with(".narrow") || name.ends_with("four.b_up") ||
             name.ends_with("four.b_down");
    });
    EXPECT_EQ(stored, GetParam().stored);
  }
}

const ExampleCase examples_stored[] = {
    {"examples/softmax.tc", {}, {"x"}},
    {"examples/layer_norm.tc", {{"B", 64}, {"N", 100}}, {}},
    {"examples/attention.tc", {{"heads", 2}, {"T", 100}, {"d", 8}}, {"o.causal_attention.weights"}},
    {"examples/attention.tc", {{"T", 512}}, {"o.causal_attention.weights"}},
    {"examples/perceptron.tc", {{"B", 512}}, {}},
};

INSTANTIATE_TEST_SUITE_P(Schedulers, ExamplesStore, ::testing::ValuesIn(examples_stored));

/// What is read in another order is stored, and nothing that it is made of.
TEST(Schedulers, StoreAttentionInPlaceOfItsScores) {
  const std::string inputs = "input q: f32[H, T, d], k: f32[H, S, d], v: f32[H, S, d]\n";
  for (const char* text :
       {"y = transpose(attention(q, k, v), [1, 0, 2])", "y = mean(attention(q, k, v), 0)"}) {
    for (const Sizes& sizes : {Sizes(), Sizes{{"H", 2}, {"T", 512}, {"S", 33}, {"d", 64}}}) {
      EXPECT_EQ(stored_tensors(lowered_text(inputs + text, sizes)).size(), 1u) << text;
    }
  }
}

/// The test above would pass if a plain schedule stored nothing either.
TEST(Schedulers, PlainNestsStoreWhatRowsDoNot) {
  PipelineOptions options;
  options.compile.scheduling = Scheduling::none;
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(nothing_stored[0].text, options, diagnostics);
  const Lowered lowered = lower(parsed, {}, *ir::find_target("cpu"), options, diagnostics);
  EXPECT_EQ(stored_tensors(lowered).size(), 2u) << "the exponentials and their quotients";
}

// --- reasons

struct ReasonCase {
  const char* text;
  const char* name;
  const char* reason;
};

class Reasons : public ::testing::TestWithParam<ReasonCase> {};

TEST_P(Reasons, AreGiven) {
  const Lowered lowered = lowered_text(GetParam().text);
  const auto reasons = ir::explain_schedule(lowered.graph, *ir::find_target("cpu:x86-64-v3"),
                                            ir::Schedule(), lowered.kept);
  ASSERT_EQ(reasons.size(), lowered.graph.tensors.size());
  for (std::size_t t = 0; t < reasons.size(); ++t) {
    if (lowered.graph.tensors[t].name == GetParam().name) {
      EXPECT_EQ(reasons[t], GetParam().reason) << GetParam().text;
      return;
    }
  }
  ADD_FAILURE() << "no " << GetParam().name;
}

constexpr ReasonCase reasons[] = {
    {"input x: f32[N]; a = x * 2.0; y = a + 1.0", "a",
     "inlined into y: read at its own point, saves 8*N bytes of traffic"},
    {"input x: f32[N]; a = x * 2.0; y[i in 0:N - 1] = a[i] + a[i + 1]", "a",
     "inlined into y: 1 operations an element are repeated, saves 12*N bytes of traffic"},
    {"input x: f32[N]; a = exp(sin(tan(exp(x)))); y[i in 0:N - 1] = a[i] + a[i + 1]", "a",
     "own kernel: y reads it across its own rows, which would repeat 80 operations for each"},
    {"input x: f32[M, N]; a[i, j] = x[j, i]; y[i, k in 0:9, j] = a[j, i] + k", "a",
     "own kernel: y reads it across its own rows, which would repeat its reads for each"},
    {"input x: f32[M, N]; m = max(x, 1, keep = true); y = x - m", "m",
     "computed in rows of y: saves 8*M bytes of traffic"},
    {"input x: f32[M, N]; e = exp(x); y = e / sum(e, 1, keep = true)", "e",
     "computed in rows of y: saves 12*M*N bytes of traffic"},
    {"input x: f32[M, N]; m = sum(x, 0); y = x - m", "m",
     "own kernel: y reads it across its own rows, which would repeat a reduction of M terms for "
     "each"},
    {"input x: f32[B, 6, N]; m = sum(x, [0, 1]); y = x[0] - m", "m",
     "own kernel: y reads it across its own rows, which would repeat a reduction of 6*B terms for "
     "each"},
    {"input A: f32[M, K], B: f32[K, N]; y = relu(A @ B)", "y.1",
     "computed in tiles of y: saves 8*M*N bytes of traffic"},
    {"input A: f32[M, K], B: f32[K, N]; S = A * 2.0; y = S @ B", "S",
     "computed in rows of y: saves 8*M*K bytes of traffic"},
    {"input A: f32[M, K], B: f32[K, N]; S = B * 2.0; y = A @ S", "S",
     "own kernel: y reads it across its own rows, which would repeat 1 operation for each"},
    {"input x: f32[N, N]; a = x @ x; y = a @ x", "a",
     "own kernel: what two products read for every row does not fit in 131072 bytes"},
    {"input x: f32[N, 64], A: f32[64, 64]; a = x @ A; y = a @ A", "a",
     "computed in rows of y: saves 512*N bytes of traffic"},
    {"input x: f32[N]; a = x * 2.0; y = a + 1.0; z = sum(a)", "a",
     "own kernel: read by 2 kernels, y and z"},
    {"input x: f32[M, N], t: f32[N]; a = t * 2.0; y[i, j] = where(j > 0, x[i, j] * a[j - 1], 0.0)",
     "a", "own kernel: y reads it under a guard"},
    {"input x: f32[N]; a = x * 2.0; y = cumsum(a)", "a", "own kernel: y is made in order"},
    {"input t: f32[N], i: i64[K]; a = i + 1; y[k] = t[a[k]]", "a",
     "own kernel: an index of y is checked by it"},
    // That t - t is 0 is found by the rewrites: then there is no read to compute t at.
    {"input b: i64[M, N]; t = sum(b, 1); u = t - t; y = u + b[:, 0]", "t",
     "own kernel: putting it into another was refused"},
};

INSTANTIATE_TEST_SUITE_P(Schedulers, Reasons, ::testing::ValuesIn(reasons));

// --- what is chosen

TEST(Schedulers, TakeRangesThatAreEmptyByMoreThanTheirLength) {
  const char* text = "input x: f32[K]; y[i in 0:2] = sum[k in 0:K - 8](x[k])";
  for (const std::int64_t size : {0, 7, 8, 9})
    EXPECT_EQ(lowered_text(text, {{"K", size}}).general().scheduled.kernels.size(), 1u) << size;
}

TEST(Schedulers, LeaveWhatHasABlockForAnotherTargetAutomatic) {
  const std::string text = "input A: f32[M, K], B: f32[K, N]\nS = A @ B\nC = relu(S)\n";
  const Lowered chosen = lowered_text(text);
  for (const char* block : {"schedule C on cuda { a, b = split(i0, 16) }",
                            "schedule S on cuda { a, b = split(i0, 16); vectorize(b) }",
                            "schedule C on cuda { compute_at(S, i0) }"}) {
    const Lowered other = lowered_text(text, {}, "cpu:x86-64-v3", block);
    EXPECT_EQ(ir::print(other.general().scheduled), ir::print(chosen.general().scheduled)) << block;
  }
  const Lowered given =
      lowered_text(text, {}, "cpu:x86-64-v3", "schedule C on cpu { a, b = split(i0, 16) }");
  EXPECT_NE(ir::print(given.general().scheduled), ir::print(chosen.general().scheduled));
}

// --- pasted back

/// The schedule that was chosen, given as the user's.
void expect_same_when_pasted(const std::string& text, const std::string& file, const Sizes& sizes,
                             const std::string& target) {
  const Lowered chosen = lowered_text(text, sizes, target, {}, file);
  if (::testing::Test::HasFailure()) return;
  const std::string printed = ir::print(chosen.schedule);
  const Lowered pasted = lowered_text(text, sizes, target, printed, file);
  EXPECT_EQ(ir::print(pasted.general().scheduled), ir::print(chosen.general().scheduled))
      << file << " on " << target << "\n"
      << printed;
}

TEST(Schedulers, PrintWhatCanBePastedBackOfEveryExample) {
  for (const fs::path& path : golden_files("examples")) {
    if (path.parent_path().filename() == "functions") continue;
    const std::string text = text_of_file(path);
    if (text.find("schedule ") != std::string::npos) continue;  // a name has one block there
    for (const char* target : {"cpu:x86-64-v3", "cpu:x86-64-v4"})
      expect_same_when_pasted(text, path.string(), {}, target);
  }
}

TEST(Schedulers, PrintWhatCanBePastedBackOfEveryKind) {
  for (const KindCase& one : kinds)
    expect_same_when_pasted(one.text, "text", {}, "cpu:x86-64-v3");
  for (const StoredCase& one : nothing_stored) {
    for (const Sizes& sizes : {Sizes(), one.sizes})
      expect_same_when_pasted(one.text, "text", sizes, "cpu:x86-64-v4");
  }
}

}  // namespace
}  // namespace tcc::tests

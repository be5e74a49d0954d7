// Kernels that go through rows, and reductions in lanes, at lengths around those of their blocks:
// every evaluator agrees, within the reference's bound. (Random programs have sizes up to 33.)
#include <gtest/gtest.h>

#include "api/agreement.h"

namespace tcc::property {
namespace {

class RowKernels : public ::testing::TestWithParam<const char*> {};

TEST_P(RowKernels, AgreeAtLengthsAroundTheirBlocks) {
  std::vector<SizeValues> sizes;
  const std::pair<std::int64_t, std::int64_t> lengths[] = {{1, 1},   {2, 15},  {3, 16},  {5, 17},
                                                           {4, 127}, {3, 128}, {6, 129}, {2, 300},
                                                           {15, 64}, {29, 8},  {130, 3}, {0, 5}};
  for (const auto& [m, n] : lengths)
    sizes.push_back({{"M", m}, {"N", n}});
  const auto agreements = check_agreement(GetParam(), sizes, 7);
  ASSERT_EQ(agreements.size(), sizes.size());
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    EXPECT_EQ(agreements[s].outcome, Outcome::agree)
        << GetParam() << "\nM = " << lengths[s].first << ", N = " << lengths[s].second << "\n"
        << agreements[s].explanation;
  }
}

constexpr const char* programs[] = {
    "input x: f32[M, N]; y = softmax(x)",
    "input x: f32[M, N]; y = log_softmax(x); z = softmax(x * 2.0)",
    "input x: f64[M, N], w: f64[N], b: f64[N]; y = layer_norm(x, w, b)",
    "input x: f16[M, N], w: f16[N]; y = rms_norm(x, w)",
    "input x: f32[M, N]; y = var(x, 1)",
    "input x: f32[2, M, N]; y = x - mean(x, 2, keep = true)",
    "input x: f32[M, N]; y = sum(x, 0); z = sum(x)",
    "input x: i32[M, N]; y = sum(x, 1); z = sum(x, 0)",
    "input x: f32[M, N]; y = any(x > 0.9, 1); z = sum(x > 0.5, 1)",
    "input x: i64[M, N]; y = sum(x * x + 1, 1)",
    "input x: f32[M, N]; y = sum(softmax(x), 0)",
    "input x: f32[M, N]; y = sum(abs(x - mean(x, 1, keep = true)))",
    "input q: f32[M, 5], k: f32[N, 5], v: f32[N, 3]; y = attention(q, k, v)",
    "input q: f32[2, M, 4], k: f32[2, M, 4], v: f32[2, M, 4]; y = attention(q, k, v, causal = "
    "true)\n"
    "input t: f32[N]; z = t + 1.0",
    "input x: f32[M, N], W: f32[N, 20], V: f32[20, 40]; y = relu(x @ W) @ V",
    "input x: f32[M, 8], W: f32[8, N], b: f32[N]; y = softmax(x @ W + b)",
    "input x: f32[M, N]; y[i, j] = x[j, i] + 1.0",
};

INSTANTIATE_TEST_SUITE_P(Property, RowKernels, ::testing::ValuesIn(programs));

}  // namespace
}  // namespace tcc::property

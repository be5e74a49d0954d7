// Code of their own for sizes that come again: the same bits, a bounded number.
#include <tcc/tcc.h>

#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "runtime/random_fill.h"
#include "tests/support/same_bits.h"

namespace tcc {
namespace {

using Names = std::vector<std::string>;

Tensor random(std::vector<std::int64_t> shape, std::uint64_t seed) {
  Tensor tensor = Tensor::empty(DType::f32, std::move(shape));
  random_fill(tensor, seed, "x");
  return tensor;
}

TEST(Specializations, ComeWithTheSecondRun) {
  const Program program = compile("input x: f32[M, N]; y = x * 3.0");
  const Tensor x = random({4, 5}, 1);
  program.run({&x, 1});
  program.wait_for_specializations();
  EXPECT_EQ(program.specializations(), Names());
  program.run({&x, 1});
  program.wait_for_specializations();
  EXPECT_EQ(program.specializations(), Names{"M = 4, N = 5"});
  program.run({&x, 1});
  program.wait_for_specializations();
  EXPECT_EQ(program.specializations().size(), 1U);
}

TEST(Specializations, AreBounded) {
  const Program program = compile("input x: f32[N]; y = x * 3.0", {.specializations = 3});
  for (std::int64_t n = 1; n < 10; ++n) {
    const Tensor x = random({n}, 1);
    for (int run = 0; run < 3; ++run)
      program.run({&x, 1});
    program.wait_for_specializations();
  }
  EXPECT_EQ(program.specializations(), (Names{"N = 1", "N = 2", "N = 3"}));
  EXPECT_EQ(compile("input x: f32[3]; y = x * 3.0").specializations(), Names());
}

TEST(Specializations, ThereAreNoneWhereNoneAreWanted) {
  const Program program = compile("input x: f32[N]; y = x * 3.0", {.specializations = 0});
  const Tensor x = random({8}, 1);
  for (int run = 0; run < 3; ++run)
    program.run({&x, 1});
  program.wait_for_specializations();
  EXPECT_EQ(program.specializations(), Names());
}

/// Whole tiles, partial ones, vectors and their rests, reductions, rows, scans, several variants.
const char* const texts[] = {
    "input A: f32[M, N], B: f32[N, M]; C = relu(A @ B)",
    "input A: f32[M, N]; y = softmax(A)",
    R"(input A: f32[M, N]; m = mean(A, axis = 1, keep = true); d = A - m
       y = d / sqrt(mean(d * d, axis = 1, keep = true)); s = sum(A); c = sum(A, axis = 0))",
    "input A: f32[M, N]; y = cumsum(tanh(A), axis = 1); t = transpose(A); m = mean(A, axis = 1)",
    "input A: f32[M, N]; y[i, j] = A[i, j] + where(j > 0, A[i, j - 1], 0.0)",
    R"(input A: f32[M, N], B: f32[N, M]; D = A @ B; C = D @ D + 1.0
       schedule D { when M >= 8 { i0.o, i0.i = split(i0, 8) } })",
};

class SpecializedBits : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Texts, SpecializedBits, testing::ValuesIn(texts));

TEST_P(SpecializedBits, AreThoseOfTheGeneralCode) {
  constexpr std::pair<std::int64_t, std::int64_t> sizes[] = {
      {1, 1}, {1, 7}, {7, 1}, {16, 16}, {17, 33}, {64, 100}, {8, 31}, {3, 257}};
  const Program general = compile(GetParam(), {.specializations = 0});
  const Program program = compile(GetParam());
  for (const auto& [m, n] : sizes) {
    std::vector<Tensor> inputs = {random({m, n}, 1)};
    if (program.inputs().size() > 1) inputs.push_back(random({n, m}, 2));
    const auto expected = general.run(inputs);
    for (int run = 0; run < 2; ++run)
      program.run(inputs);
    program.wait_for_specializations();
    const auto got = program.run(inputs);
    for (std::size_t o = 0; o < got.size(); ++o)
      EXPECT_TRUE(tests::same_bits(got[o], expected[o]))
          << "output " << o << ", " << m << " x " << n;
  }
  EXPECT_EQ(program.specializations().size(), std::size(sizes));
}

}  // namespace
}  // namespace tcc

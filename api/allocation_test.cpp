// A run allocates nothing after the first with the same sizes.
#include <tcc/tcc.h>

#include <gtest/gtest.h>

#include "tests/support/count_allocations.h"

namespace tcc {
namespace {

using tests::count_allocations;

Tensor filled(std::vector<std::int64_t> shape) {
  Tensor tensor = Tensor::empty(DType::f32, std::move(shape));
  for (float& value : tensor.values<float>())
    value = 0.25F;
  return tensor;
}

struct Case {
  const char* name;
  const char* text;
  std::vector<std::vector<std::int64_t>> inputs;
  std::vector<std::vector<std::int64_t>> outputs;
};

class Allocations : public testing::TestWithParam<Case> {};

/// Temporaries between kernels, rows on the heap inside of them, several outputs, empty tensors.
const Case cases[] = {
    {"elementwise", "input x: f32[N]; y = tanh(x) * 2.0", {{16}}, {{16}}},
    {"product",
     "input A: f32[M, K], B: f32[K, N]; C = relu(A @ B)",
     {{33, 65}, {65, 17}},
     {{33, 17}}},
    {"two_products",
     "input A: f32[M, K], B: f32[K, N]; C = A @ B; D = C @ C.T",
     {{200, 65}, {65, 170}},
     {{200, 200}}},
    {"softmax", "input x: f32[M, N]; y = softmax(x, axis = 0)", {{300, 200}}, {{300, 200}}},
    {"empty", "input x: f32[N]; y = x + 1.0; s = sum(x)", {{0}}, {{0}, {}}},
};

INSTANTIATE_TEST_SUITE_P(Runs, Allocations, testing::ValuesIn(cases),
                         [](const auto& info) { return info.param.name; });

TEST_P(Allocations, ThereAreNone) {
  for (const int threads : {1, 2}) {
    Compiler compiler({.cache_folder = ""});
    const Program program = compiler.compile(GetParam().text, {.threads = threads});
    std::vector<Tensor> inputs;
    for (const auto& shape : GetParam().inputs)
      inputs.push_back(filled(shape));
    std::vector<Tensor> outputs;
    for (const auto& shape : GetParam().outputs)
      outputs.push_back(filled(shape));
    for (int warm = 0; warm < 3; ++warm)
      program.run_into(inputs, outputs);
    program.wait_for_specializations();
    program.run_into(inputs, outputs);
    const auto during = count_allocations([&] { program.run_into(inputs, outputs); });
    EXPECT_EQ(during, 0U) << threads << " threads";
  }
}

TEST(Allocation, AreCounted) {
  if (!tests::counts_allocations) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  const Program program = compile("input x: f32[N]; y = x + 1.0");
  const Tensor x = filled({64});
  EXPECT_GT(count_allocations([&] { program.run({&x, 1}); }), 0U);  // its output
}

TEST(Allocation, StridedInputsAreCopiedIntoMemoryThatIsThere) {
  const Program program = compile("input x: f32[M, N]; y = x + 1.0", {.specializations = 0});
  const Tensor all = filled({4, 6});
  const Tensor x = Tensor::strided(DType::f32, all.raw_data(), {6, 4}, {1, 6});
  const Tensor y = filled({6, 4});
  program.run_into({&x, 1}, {&y, 1});
  EXPECT_EQ(count_allocations([&] { program.run_into({&x, 1}, {&y, 1}); }), 0U);
}

TEST(Allocation, TheRunThatAsksForCodeOfItsSizesTakesNoMemory) {
  const Program program = compile("input x: f32[K, N]; y = x + 1.0", {.specializations = 1});
  const Tensor warm = filled({2, 2});
  const Tensor x = filled({4, 6});
  const Tensor y = filled({4, 6});
  for (int run = 0; run < 2; ++run)
    program.run_into({&warm, 1}, {&warm, 1});
  program.wait_for_specializations();  // there is room for no more: nobody compiles meanwhile
  program.run_into({&x, 1}, {&y, 1});
  for (int run = 0; run < 3; ++run)
    EXPECT_EQ(count_allocations([&] { program.run_into({&x, 1}, {&y, 1}); }), 0U) << run;
}

TEST(Allocation, ASessionWithUpdatesTakesTurnsWithTwoBuffers) {
  Session session(compile("param w: f32[N]; input g: f32[N]; update w = w - 0.5 * g; s = sum(w)",
                          {.specializations = 0}));
  session.set_param("w", filled({100}));
  const Tensor g = filled({100});
  const Tensor s = filled({});
  for (int warm = 0; warm < 3; ++warm)
    session.run_into({&g, 1}, {&s, 1});
  EXPECT_EQ(count_allocations([&] { session.run_into({&g, 1}, {&s, 1}); }), 0U);
  EXPECT_EQ(session.param("w").data<float>()[99], 0.25F - 4 * 0.125F);
}

TEST(Allocation, SizesMayTakeTurns) {
  const Program program =
      compile("input x: f32[N]; y = cumsum(sort(x)) / sum(x)", {.specializations = 0});
  const Tensor x[] = {filled({1000}), filled({10})};
  const Tensor y[] = {filled({1000}), filled({10})};
  for (int warm = 0; warm < 2; ++warm) {
    for (int i = 0; i < 2; ++i)
      program.run_into({&x[i], 1}, {&y[i], 1});
  }
  const auto during = count_allocations([&] {
    for (int i = 0; i < 2; ++i)
      program.run_into({&x[i], 1}, {&y[i], 1});
  });
  EXPECT_EQ(during, 0U);
}

}  // namespace
}  // namespace tcc

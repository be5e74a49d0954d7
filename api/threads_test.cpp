// Many threads that compile and run, the same and different programs. The thread sanitizer watches
// it in the configuration `tsan`.
#include <tcc/tcc.h>

#include <gtest/gtest.h>

#include <thread>

#include <fmt/format.h>

#include "tests/support/run_tcc.h"
#include "tests/support/same_bits.h"
#include "tests/support/sanitized.h"

namespace tcc {
namespace {

constexpr int thread_count = 16;

void in_threads(const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int t = 0; t < thread_count; ++t)
    threads.emplace_back(work, t);
  for (std::thread& thread : threads)
    thread.join();
}

Tensor ramp(std::vector<std::int64_t> shape) {
  Tensor tensor = Tensor::empty(DType::f32, std::move(shape));
  float next = 0;
  for (float& value : tensor.values<float>())
    value = next += 0.125F;
  return tensor;
}

TEST(ManyThreads, CompileAndRunTheSameProgram) {
  const tests::TemporaryFolder folder;
  Compiler compiler({.cache_folder = folder.path()});
  const std::string text = "input A: f32[M, K], B: f32[K, N]; C = softmax(A @ B); D = C.T @ C";
  const Tensor inputs[] = {ramp({70, 30}), ramp({30, 50})};
  const auto expected = compile(text, {.specializations = 0}).run(inputs);
  std::atomic<int> wrong = 0;
  in_threads([&](int t) {
    const Program program = compiler.compile(text, {.threads = t % 3 + 1});
    for (int run = 0; run < 20; ++run)
      wrong += tests::same_bits(program.run(inputs).back(), expected.back()) ? 0 : 1;
  });
  EXPECT_EQ(wrong, 0);
}

TEST(ManyThreads, CompileAndRunDifferentPrograms) {
  const tests::TemporaryFolder folder;
  Compiler compiler({.cache_folder = folder.path(), .programs = 4});
  std::atomic<int> wrong = 0;
  in_threads([&](int t) {
    for (int round = 0; round < 3; ++round) {
      const int factor = (t + round) % 8;
      const Program program =
          compiler.compile(fmt::format("input x: f32[N]; y = x * {}.0", factor));
      const Tensor x = ramp({100 + t});
      for (int run = 0; run < 5; ++run) {
        const Tensor y = program(x);
        wrong += y.data<float>()[99] == 12.5F * static_cast<float>(factor) ? 0 : 1;
      }
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST(ManyThreads, CallAProgramOfFreeNamesWithTypesOfTheirOwn) {
  const Program program = compile("y = x * 2 + z");
  std::atomic<int> wrong = 0;
  in_threads([&](int t) {
    const Tensor inputs[] = {ramp({t % 5 + 1}), ramp({1})};
    for (int run = 0; run < 10; ++run) {
      const Tensor y = program.run(inputs).front();
      wrong += y.data<float>()[0] == 0.375F && y.element_count() == t % 5 + 1 ? 0 : 1;
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST(ManyThreads, ReleaseTheMemoryOfRunsThatGoOn) {
  const Program program = compile("input A: f32[M, M]; C = (A @ A) @ (A @ A)");
  const Tensor a = ramp({40, 40});
  const Tensor expected = program(a);
  std::atomic<int> wrong = 0;
  in_threads([&](int) {
    for (int run = 0; run < 20; ++run) {
      wrong += tests::same_bits(program(a), expected) ? 0 : 1;
      program.release_memory();
    }
  });
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace tcc

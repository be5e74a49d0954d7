// What a session computes of params alone is computed once for their values.
#include <tcc/tcc.h>

#include <gtest/gtest.h>

#include <thread>

#include "api/program_state.h"

namespace tcc {
namespace {

Tensor filled(std::vector<std::int64_t> shape, float first) {
  Tensor tensor = Tensor::empty(DType::f32, std::move(shape));
  for (float& value : tensor.values<float>())
    value = first++;
  return tensor;
}

/// `t` is a kernel of its own, read by the one of `y`.
constexpr const char* text =
    "param w: f32[M, N]; input x: f32[N, M]\n"
    "t = sort(w.T, axis = 1)\n"
    "y = t + x; s = sum(t)\n";

const ir::ResidentKernels& residents_of(const Program& program) {
  return program.state().declared()->image().variants.back().resident;
}

TEST(Residents, AreTheKernelsOfParamsAlone) {
  const Program program = compile(text);
  const auto& variant = program.state().declared()->image().variants.back();
  ASSERT_FALSE(residents_of(program).kernels.empty());
  for (const std::uint32_t kernel : residents_of(program).kernels)
    EXPECT_TRUE(variant.kernels[kernel].starts_with("t")) << variant.kernels[kernel];
  EXPECT_LT(residents_of(program).kernels.size(), variant.kernels.size());
}

TEST(Residents, AreNotThoseOfInputs) {
  EXPECT_TRUE(residents_of(compile("input w: f32[M, N]; t = sort(w.T, axis = 1); y = t @ t.T"))
                  .kernels.empty());
}

TEST(Residents, AreNotThoseOfParamsThatRunsReplace) {
  EXPECT_TRUE(residents_of(compile("param w: f32[N]; input x: f32[N]\n"
                                   "t = sort(w); y = t + x; s = sum(t); update w = w + x"))
                  .kernels.empty());
}

TEST(Residents, AreNotThoseOfSizesThatMayChange) {
  EXPECT_TRUE(residents_of(compile("param w: f32[N]; input x: f32[M, N]\n"
                                   "t[i in 0:M, j] = w[j] * f32(i)\n"
                                   "u = sort(t, axis = 1); y = u + x; s = sum(u)"))
                  .kernels.empty());
}

TEST(Residents, AreNotThoseOfSizesInAnExtentOfSeveral) {
  for (const char* several :
       {"param w: f32[N // 2]; input x: f32[N]; t = cumsum(w * f32(N)); y = x + sum(t)",
        "param w: f32[M + K]; input x: f32[M], z: f32[K]; t = cumsum(w[: M]); y = t + x; s = "
        "sum(t)"}) {
    const Program program = compile(several);
    EXPECT_TRUE(residents_of(program).kernels.empty()) << several;
  }
}

void expect_as_program(Session& session, const Program& program, const Tensor& w) {
  const Tensor x = filled({3, 2}, 0.5F);
  const std::vector<Tensor> all = {w, x};
  const auto expected = program.run(all);
  for (int run = 0; run < 3; ++run) {
    const auto got = session.run({&x, 1});
    for (std::size_t o = 0; o < got.size(); ++o) {
      EXPECT_TRUE(std::ranges::equal(got[o].values<float>(), expected[o].values<float>()))
          << "output " << o << ", run " << run;
    }
  }
}

TEST(Residents, FollowTheirParams) {
  const Program program = compile(text);
  Session session(program);
  for (const float first : {1.0F, -7.0F}) {
    const Tensor w = filled({2, 3}, first);
    session.set_param("w", w);
    expect_as_program(session, program, w);
  }
  Session copy = session;
  const Tensor w = filled({2, 3}, 100.0F);
  copy.set_param("w", w);
  expect_as_program(copy, program, w);
  expect_as_program(session, program, filled({2, 3}, -7.0F));
}

TEST(Residents, AreComputedOnce) {
  const Program program = compile(text);
  const auto executable = program.state().declared();
  const std::vector<Tensor> inputs = {filled({2, 3}, 1.0F), filled({3, 2}, 1.0F)};
  const auto plan = executable->plan_for(inputs);
  const auto outputs = Executable::allocate(plan->outputs);
  ResidentMemory resident(executable->image().variants.size());
  std::size_t kernels = 0;
  const KernelObserver count = [&](const RunPlan&, std::size_t, std::chrono::nanoseconds) {
    ++kernels;
  };
  executable->run(inputs, {outputs}, {&count, nullptr});
  const std::size_t all = kernels;
  for (int run = 0; run < 2; ++run) {
    kernels = 0;
    executable->run(inputs, {outputs}, {&count, &resident});
    EXPECT_EQ(kernels, all - residents_of(program).kernels.size());
  }
}

TEST(Sessions, RunWhileParamsAreReplaced) {
  const Program program =
      compile("param w: f32[N]; input x: f32[N]; t = sort(w); y = t + x; z = t * 1.0");
  Session session(program);
  session.set_param("w", filled({64}, 0.0F));
  const Tensor x = Tensor::zeros(DType::f32, {64});
  std::vector<std::thread> readers;
  std::atomic<bool> ends = false;
  std::atomic<int> torn = 0;
  for (int t = 0; t < 4; ++t) {
    readers.emplace_back([&] {
      while (!ends) {
        const auto y = session.run({&x, 1}).front();
        const auto values = y.values<float>();
        for (std::size_t i = 1; i < values.size(); ++i)
          torn += values[i] - values[i - 1] == 1.0F ? 0 : 1;
      }
    });
  }
  for (int set = 1; set <= 200; ++set)
    session.set_param("w", filled({64}, static_cast<float>(1000 * set)));
  ends = true;
  for (std::thread& reader : readers)
    reader.join();
  EXPECT_EQ(torn, 0);
}

TEST(Sessions, LoseNoUpdate) {
  Session session(compile("param w: f32[N]; input g: f32[N]; update w = w + g; y = w * 1.0"));
  session.set_param("w", Tensor::zeros(DType::f32, {8}));
  std::vector<float> ones(8, 1.0F);
  const Tensor g = Tensor::view(ones, {8});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int run = 0; run < 100; ++run)
        session.run({&g, 1});
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(session.param("w").data<float>()[7], 400.0F);
}

}  // namespace
}  // namespace tcc

// Parallel loops of machine code: their iterations are functions of their own, which find what is
// declared around the loop.
#include <gtest/gtest.h>

#include "tests/support/run_loop_ir.h"

namespace tcc {
namespace {

class CpuJitParallel : public testing::Test {
 protected:
  void SetUp() override {
    if (!TCC_HAS_LLVM) GTEST_SKIP() << "built without LLVM";
  }
};

Tensor numbers(std::vector<std::int64_t> shape) {
  const Tensor tensor = Tensor::empty(DType::f32, std::move(shape));
  for (std::int64_t i = 0; i < tensor.element_count(); ++i)
    tensor.data<float>()[i] = static_cast<float>((i * 37 + 11) % 101 - 50);
  return tensor;
}

/// What a kernel of `text` asks of its host; the fault is its result.
struct Outcome {
  int result = -1;
  RuntimeRecord record;
};
Outcome run(const std::string& text, const std::vector<Tensor>& inputs,
            const std::vector<std::int64_t>& sizes, int optimization, int allocations_left = 1000) {
  const LoopIrRun program(text, inputs, sizes);
  const auto code = compile_for_cpu(program.program, {ir::host_target(), optimization});
  Outcome outcome;
  if (!code) return outcome;
  outcome.record.allocations_left = allocations_left;
  outcome.result = program.run(**code, program.new_outputs(), outcome.record);
  return outcome;
}

/// Lets of numbers, vectors, ramps and flags, loop variables, locals of every place, all of which
/// are declared around the loop.
const char* const captured_text = R"(
size N
input A: f32[N, 8]
input F: bool[8]
output O: f32[N, 8]
output P: f32[3, N, 8]
kernel O {
  allocate H: f32[N, 8] in heap
  allocate S: f32[2, 8] in stack
  allocate R: f32[8] in registers
  let first = A[0, 3]
  let lanes = A[0, ramp(0, 1, 8)]
  let places = ramp(7, -1, 8)
  let spread = broadcast(N, 8)
  let flags = F[ramp(0, 1, 8)]
  let flag = F[2]
  let small = u8(N)
  let halved = f16(first)
  S[0, ramp(0, 1, 8)] = lanes * broadcast(2.0, 8)
  S[1, ramp(0, 1, 8)] = broadcast(7.0, 8)
  R[ramp(0, 1, 8)] = lanes + broadcast(1.0, 8)
  for o in 1:3 {
    parallel for i in 0:N {
      allocate T: f32[8] in stack
      allocate G: f32[N, 8] in heap
      T[ramp(0, 1, 8)] = A[i, places] + S[0, ramp(0, 1, 8)]
      G[i, ramp(0, 1, 8)] = T[ramp(0, 1, 8)] * R[ramp(0, 1, 8)]
      (G[i, ramp(0, 1, 8)] = f32(spread) if flags)
      H[i, ramp(0, 1, 8)] = G[i, ramp(0, 1, 8)] + broadcast(first + f32(o) + f32(small), 8)
      P[o, i, ramp(0, 1, 8)] = H[i, ramp(0, 1, 8)] * broadcast(f32(halved), 8)
      (P[o, i, 5] = 1.5 if flag)
    }
  }
  for i in 0:N { O[i, ramp(0, 1, 8)] = H[i, ramp(0, 1, 8)] - S[1, ramp(0, 1, 8)] }
}
)";

TEST_F(CpuJitParallel, IterationsFindWhatIsDeclaredAround) {
  const Tensor flags = Tensor::empty(DType::boolean, {8});
  for (int i = 0; i < 8; ++i)
    flags.data<bool>()[i] = i % 3 == 2;
  for (const std::int64_t size : {1, 2, 3, 10}) {
    expect_agreement(captured_text, {numbers({size, 8}), flags}, {size});
  }
}

/// What the kernel declares is as before behind the loop, for the loops that follow too.
TEST_F(CpuJitParallel, LoopsFollowEachOther) {
  const char* const text = R"(
size N, M
input A: f32[N, M]
input B: f32[N, M]
output O: f32[N, M]
output P: f32[M]
kernel O {
  allocate T: f32[M] in heap
  let n = N * 2
  parallel for j in 0:M { T[j] = A[N - 1, j] * f32(n) }
  parallel for i in 3:N + 2 {
    parallel for j in 0:M { O[i - 3, j] = A[i - 3, j] - T[j] + f32(n) }
  }
  parallel for j in 0:M { O[N - 1, j] = T[j] * B[0, j] }
}
kernel P {
  let n = M
  parallel for j in 0:M { P[j] = B[N - 1, j] + f32(n) }
}
)";
  for (const std::int64_t size : {1, 2, 7}) {
    const Tensor both = numbers({size, 5});
    expect_agreement(text, {both, numbers({size, 5})}, {size, 5});
    expect_agreement(text, {both, both}, {size, 5});  // inputs may be one
  }
}

TEST_F(CpuJitParallel, LoopsInsideRunInOrder) {
  const char* const text = R"(
size N
output O: f32[N, 4]
kernel O {
  parallel for i in 0:N {
    parallel for j in 0:4 { O[i, j] = f32(i * 4 + j) }
  }
}
)";
  for (const int optimization : {0, 3}) {
    const Outcome outcome = run(text, {}, {6}, optimization);
    EXPECT_EQ(outcome.result, 0);
    EXPECT_EQ(outcome.record.parallel_loops, 1);
    EXPECT_EQ(outcome.record.pieces, 6);
  }
}

TEST_F(CpuJitParallel, NoIterations) {
  const char* const text = R"(
size N
output O: f32[3]
kernel O {
  for i in 0:3 { O[i] = 1.0 }
  parallel for i in 0:N - 5 { O[i] = 2.0 }
  parallel for i in 4:0 { O[i] = 3.0 }
  parallel for i in 1:2 { O[i] = 4.0 }
}
)";
  for (const std::int64_t size : {0, 5, 6}) {
    expect_agreement(text, {}, {size});
  }
}

/// An iteration must not write what a mask leaves out: another thread may.
TEST_F(CpuJitParallel, MasksOnCapturedLocalsStayMasks) {
  const char* const text = R"(
size N
input A: f32[2, 8]
output O: f32[8]
kernel O {
  allocate S: f32[8] in stack
  S[ramp(0, 1, 8)] = broadcast(0.5, 8)
  parallel for i in 0:2 {
    (S[ramp(0, 1, 8)] = A[i, ramp(0, 1, 8)]
     if ramp(0, 1, 8) % broadcast(2, 8) == broadcast(i, 8))
  }
  O[ramp(0, 1, 8)] = S[ramp(0, 1, 8)]
}
)";
  expect_agreement(text, {numbers({2, 8})}, {1});
  const auto code = cpu_code_text(ir::parsed_valid(text), {ir::host_target(), 3}, CpuText::llvm);
  ASSERT_TRUE(code);
  EXPECT_NE(code->find("llvm.masked.store"), std::string::npos) << *code;
}

/// The lowest piece's fault, and everybody's memory is given back.
TEST_F(CpuJitParallel, FaultsOfPieces) {
  const char* const text = R"(
size N, M
output O: f32[N]
kernel O {
  allocate T: f32[N] in heap
  parallel for i in 0:N {
    allocate G: f32[1] in heap
    G[0] = f32(i)
    assert i != M, "it is M"
    assert i < M + 3, "it is more"
    T[i] = G[0]
  }
  for i in 0:N { O[i] = T[i] }
}
)";
  struct Case {
    std::int64_t at;
    int allocations;
    int result;
    const char* message;
  };
  const Case cases[] = {
      {100, 99, 0, ""},
      {0, 99, 1, "it is M"},
      {6, 99, 1, "it is M"},
      {-3, 99, 1, "it is more"},
      {9, 99, 1, "it is M"},
      {100, 0, 3, "there is not enough memory for 'T'"},
      {100, 1, 3, "there is not enough memory for 'G'"},
  };
  for (const int optimization : {0, 1, 2, 3}) {
    for (const Case& each : cases) {
      SCOPED_TRACE(fmt::format("M = {}, -O{}", each.at, optimization));
      const Outcome outcome = run(text, {}, {10, each.at}, optimization, each.allocations);
      EXPECT_EQ(outcome.result, each.result);
      EXPECT_EQ(outcome.record.failure, each.message);
      EXPECT_EQ(outcome.record.allocated, outcome.record.released);
    }
  }
}

/// A body that is too large for LLVM's passes is compiled apart from the kernel that names it.
TEST_F(CpuJitParallel, HugeBodies) {
  std::string sum = "A[i]";
  for (int t = 1; t < 6000; ++t)
    sum += fmt::format(" {} A[i] * {}.5", t % 2 == 0 ? "+" : "-", t);
  expect_agreement(
      "size N\ninput A: f32[N]\noutput O: f32[N]\nkernel O {\n  let x = A[1]\n"
      "  parallel for i in 0:N { O[i] = x + " +
          sum + " }\n}\n",
      {numbers({5})}, {5});
}

/// Whole vectors that are stored past the caches, by each thread.
TEST_F(CpuJitParallel, StreamedStoresAreOrderedInEachPiece) {
  const char* const text = R"(
size N
input A: f32[N, 16]
output O: f32[N, 16]
kernel O {
  parallel for i in 0:N { nontemporal O[i, ramp(0, 1, 16)] = A[i, ramp(0, 1, 16)] }
}
)";
  expect_agreement(text, {numbers({4, 16})}, {4});
  const auto code = cpu_code_text(ir::parsed_valid(text), {ir::host_target(), 3}, CpuText::llvm);
  ASSERT_TRUE(code);
  const std::size_t pieces = code->find("define i32 @kernel_0.pieces_0");
  ASSERT_NE(pieces, std::string::npos) << *code;
  EXPECT_NE(code->find("fence", pieces), std::string::npos) << *code;
}

}  // namespace
}  // namespace tcc

// Accesses, locals, loops and failures of machine code against the interpreter.
#include <gtest/gtest.h>

#include "tests/support/run_loop_ir.h"

namespace tcc {
namespace {

class CpuJitMemory : public testing::Test {
 protected:
  void SetUp() override {
    if (!TCC_HAS_LLVM) GTEST_SKIP() << "built without LLVM";
  }
};

/// `count` numbers, no two of them next to each other equal.
template <typename T> Tensor numbers(std::vector<std::int64_t> shape) {
  const Tensor tensor = Tensor::empty(DTypeOf<T>::value, std::move(shape));
  for (std::int64_t i = 0; i < tensor.element_count(); ++i) {
    tensor.data<T>()[i] = static_cast<T>((i * 37 + 11) % 101 - (std::is_signed_v<T> ? 50 : 0));
  }
  return tensor;
}

/// Every index below `count` once, in disorder.
Tensor permutation(std::int64_t count) {
  const Tensor tensor = Tensor::empty(DType::i64, {count});
  std::int64_t step = 7;
  while (count % step == 0)
    step += 2;
  for (std::int64_t i = 0; i < count; ++i)
    tensor.data<std::int64_t>()[i] = (i * step + 3) % count;
  return tensor;
}

std::string with_lanes(std::string text, int lanes) {
  for (std::size_t at = 0; (at = text.find("$L", at)) != std::string::npos;) {
    text.replace(at, 2, std::to_string(lanes));
  }
  return text;
}

// The rows of a table of accesses: what stands in a kernel `O`, for $L lanes. In scope are i, the
// vectors A (of N), I (a permutation of N) and the matrix B (of 20 x 40); N is 83.
const char* const access_bodies[] = {
    // side by side
    "O[ramp(i, 1, $L)] = A[ramp(i, 1, $L)]",
    "O[ramp(i, 1, $L)] = B[i % 20, ramp(3, 1, $L)]",
    // a mask at the end, and in the middle
    "(O[ramp(i, 1, $L)] = (A[ramp(i, 1, $L)] if ramp(i, 1, $L) < broadcast(N, $L)) "
    "if ramp(i, 1, $L) < broadcast(N, $L))",
    "(O[ramp(i, 1, $L)] = A[ramp(i, 1, $L)] if A[ramp(i, 1, $L)] < broadcast(5.0, $L))",
    "O[ramp(i, 1, $L)] = (A[ramp(i - 3, 1, $L)] if ramp(i - 3, 1, $L) >= broadcast(0, $L))",
    // backwards
    "O[ramp(i, 1, $L)] = A[ramp(N - 1 - i, -1, $L)]",
    "O[ramp(N - 1 - i, -1, $L)] = A[ramp(i, 1, $L)]",
    "(O[ramp(N - 1 - i, -1, $L)] = (A[ramp(N - 1 - i, -1, $L)] if I[ramp(i, 1, $L)] < "
    "broadcast(40, $L)) if I[ramp(i, 1, $L)] >= broadcast(20, $L))",
    // gathers and scatters
    "O[ramp(i, 1, $L)] = A[I[ramp(i, 1, $L)]]",
    "O[I[ramp(i, 1, $L)]] = A[ramp(i, 1, $L)]",
    "(O[I[ramp(i, 1, $L)]] = A[ramp(i, 1, $L)] if A[ramp(i, 1, $L)] > broadcast(0.0, $L))",
    "O[ramp(i, 1, $L)] = B[ramp(1, 1, $L), i % 40]",
    "O[ramp(i, 1, $L)] = B[ramp(1, 1, $L), ramp(i % 20, 1, $L)]",
    "O[ramp(i, 1, $L)] = B[I[ramp(i, 1, $L)] % broadcast(20, $L), ramp(i % 20, 1, $L)]",
    "O[ramp(i, 1, $L)] = A[ramp(i % 3, 4, $L)]",
    "O[ramp(i, 1, $L)] = A[ramp(i % 3, i % 5, $L)]",
    "O[broadcast(i, $L)] = A[ramp(i, 1, $L)]",
    // one element for all lanes
    "O[ramp(i, 1, $L)] = broadcast(A[i], $L) + A[broadcast(i, $L)] * B[i % 20, broadcast(2, $L)]",
    "O[ramp(i, 1, $L)] = (A[broadcast(i, $L)] if A[ramp(i, 1, $L)] < broadcast(9.0, $L))",
    // ramps as values, lanes in another order
    "O[ramp(i, 1, $L)] = f32(ramp(i, 3, $L) * broadcast(i, $L) - ramp(5, -2, $L))",
    "O[ramp(i, 1, $L)] = f32(ramp(u8(i), 77u8, $L)) + f32(i8(ramp(i, 100, $L)))",
    "O[ramp(i, 1, $L)] = f32(ramp(i, 3, $L) * broadcast(-5, $L) + broadcast(i, $L) * broadcast(7, "
    "$L))",
    "O[ramp(i, 1, $L)] = B[ramp(0, 1, $L), broadcast(2, $L) * ramp(1, 1, $L) - broadcast(1, $L)]",
    "O[ramp(i, 1, $L)] = select(ramp(i, 2, $L) > broadcast(50, $L), A[ramp(i, 1, $L)], "
    "broadcast(1.5, $L))",
    "O[i] = shuffle(A[ramp(i, 1, $L)], [1])",
    "O[ramp(i, 1, 2)] = shuffle(A[ramp(i, 1, $L)], [1, 0])",
    // past the caches, where they are aligned; prefetched, inside and outside
    "nontemporal O[ramp(i, 1, $L)] = A[ramp(i, 1, $L)]",
    "prefetch A[i + 1000000] into L1\n prefetch B[i % 20, 0 - 7] into L3\n"
    "O[ramp(i, 1, $L)] = A[ramp(i, 1, $L)]",
};

TEST_F(CpuJitMemory, AccessesAgreeWithInterpreter) {
  constexpr std::int64_t size = 83;
  const std::vector<Tensor> inputs = {numbers<float>({size}), permutation(size),
                                      numbers<float>({20, 40})};
  for (int lanes = 2; lanes <= 16; ++lanes) {
    std::string text = "size N\ninput A: f32[N]\ninput I: i64[N]\ninput B: f32[20, 40]\n";
    int number = 0;
    for (const char* body : access_bodies) {
      // The masked tail goes past the end; all others stay inside.
      const char* loop = number == 2 ? "N" : "N - $L + 1";
      text +=
          fmt::format("output O{0}: f32[N]\nkernel O{0} {{\n for i in 0:{1} {{\n  {2}\n }}\n}}\n",
                      number, loop, body);
      std::size_t at = 0;
      while ((at = text.find("O[", at)) != std::string::npos) {
        text.replace(at, 2, fmt::format("O{}[", number));
      }
      ++number;
    }
    expect_agreement(with_lanes(text, lanes), inputs, {size});
    if (HasFailure()) return;
  }
}

TEST_F(CpuJitMemory, BoolsAndBytesInVectors) {
  const Tensor flags = Tensor::empty(DType::boolean, {64});
  for (int i = 0; i < 64; ++i)
    flags.data<bool>()[i] = i % 3 == 1;
  for (const int lanes : {2, 3, 8, 16}) {
    expect_agreement(with_lanes(R"(
input F: bool[64]
input X: i8[64]
output G: bool[64]
output Y: i8[64]
kernel G {
  for i in 0:64 // $L {
    G[ramp(i * $L, 1, $L)] = not (F[ramp(i * $L, 1, $L)] if X[ramp(i * $L, 1, $L)] > broadcast(3i8, $L))
  }
}
kernel Y {
  for i in 0:64 // $L {
    (Y[ramp(i * $L, 1, $L)] = X[ramp(i * $L, 1, $L)] * X[ramp(63 - i * $L, -1, $L)] if F[ramp(i * $L, 1, $L)])
  }
}
)",
                                lanes),
                     {flags, numbers<std::int8_t>({64})});
  }
}

TEST_F(CpuJitMemory, GuardedScalarAccesses) {
  expect_agreement(R"(
size N
input A: f32[N]
output O: f32[N + 2]
kernel O {
  for i in -1:N + 1 {
    (O[i + 1] = (A[i] if i >= 0 and i < N) if i != 3)
  }
}
)",
                   {numbers<float>({9})}, {9});
}

TEST_F(CpuJitMemory, LoopsLetsAndLocals) {
  expect_agreement(R"(
size M, N
input A: f32[M, N]
output O: f32[M, N]
output R: f32[M]
temporary T: f32[M, N]
kernel T {
  parallel for i in 0:M {
    for j in 0:N {
      T[i, j] = A[i, j] * 2.0
    }
  }
}
kernel O {
  for i in 0:M {
    allocate H: f32[N, 2] in heap
    for j in 0:N {
      H[N - 1 - j, 0] = T[i, j]
      H[N - 1 - j, 1] = A[i, j]
    }
    for j in 2:N + 0 {
      if (i + j) % 3 != 1 {
        let x = H[j, 0] - H[j, 1]
        {
          allocate S: f32[4, 4] in stack
          unrolled for u in 1:4 {
            S[u, (i + u) % 4] = x * f32(u)
          }
          O[i, j] = S[2, (i + 2) % 4] + S[3, (i + 3) % 4]
        }
      }
    }
  }
}
kernel R {
  for i in 0:M {
    allocate P: f32[8] in registers
    let zero = broadcast(0.0, 8)
    let at = ramp(0, 1, 8)
    P[at] = zero
    for j in 0:N // 8 {
      P[at] = P[at] + A[i, at + broadcast(j * 8, 8)]
    }
    R[i] = 0.0
    unrolled for u in 0:8 {
      R[i] = R[i] + P[u]
    }
  }
}
)",
                   {numbers<float>({5, 21})}, {5, 21});
}

/// Masks on a local are choices between registers, at constant places; masks elsewhere.
TEST_F(CpuJitMemory, PredicatesOnLocals) {
  const char* const text = R"(
size N
input A: f32[8]
output O: f32[8]
output S: f32[3]
kernel O {
  allocate T: f32[2, 8] in registers
  allocate F: bool[8] in stack
  let m = ramp(0, 1, 8) < broadcast(N, 8)
  unrolled for i in 0:2 {
    T[i, ramp(0, 1, 8)] = broadcast(7.0, 8)
    (T[i, ramp(0, 1, 8)] = A[ramp(0, 1, 8)] * broadcast(f32(i + 2), 8) if m)
    (T[i, 3] = 1.5 if N > i)
  }
  F[ramp(0, 1, 8)] = broadcast(true, 8)
  (F[ramp(0, 1, 8)] = broadcast(false, 8) if m)
  O[ramp(0, 1, 8)] = (T[0, ramp(0, 1, 8)] if m) + (T[1, ramp(0, 1, 8)] if F[ramp(0, 1, 8)])
  S[0] = (T[1, 2] if N == 1)
  S[1] = (T[1, 2] if N == 3)
  (T[1, ramp(4, 1, 8)] = broadcast(2.5, 8) if ramp(0, 1, 8) < broadcast(4, 8))
  S[2] = T[1, 7]
}
)";
  for (const std::int64_t size : {0, 1, 3, 8}) {
    expect_agreement(text, {numbers<float>({8})}, {size});
  }
}

TEST_F(CpuJitMemory, EmptyLoopsAndBuffers) {
  const char* const text = R"(
size N
input A: f32[N, 3]
output O: f32[N, 3]
output S: f32[]
kernel O {
  for i in 0:N {
    unrolled for j in 0:3 { O[i, j] = A[i, j] }
    unrolled for j in 0:0 { O[i, j] = 0.0 }
    for j in 5:2 { O[i, j] = 1.0 }
  }
}
kernel S {
  S[] = 1.0
  for i in 0:N - 1 { S[] = S[] + A[i, 0] }
}
)";
  for (const std::int64_t size : {0, 1, 2}) {
    expect_agreement(text, {numbers<float>({size, 3})}, {size});
  }
}

/// A sum of a million terms that is one expression of twenty nodes, and one as deep as it is long.
TEST_F(CpuJitMemory, SharedAndDeepExpressions) {
  std::string lets = "    let x0 = A[i]\n";
  std::string deep = "A[i]";
  for (int n = 1; n <= 20; ++n)
    lets += fmt::format("    let x{0} = x{1} + x{1}\n", n, n - 1);
  for (int n = 0; n < 2000; ++n)
    deep += " + A[i]";
  expect_agreement(
      "input A: f32[3]\noutput O: f32[3]\noutput P: f32[3]\n"
      "kernel O {\n  for i in 0:3 {\n" +
          lets +
          "    O[i] = x20\n  }\n}\n"
          "kernel P {\n  for i in 0:3 {\n    P[i] = " +
          deep + "\n  }\n}\n",
      {numbers<float>({3})});
}

const char* const failing_text = R"(
size N
output O: f32[N]
kernel O {
  allocate H: f32[N, N] in heap
  allocate G: f32[N] in heap
  for i in 0:N {
    G[i] = 1.0
    assert i < 4, "i is four: a \"limit\""
    O[i] = G[i]
  }
}
)";

struct Outcome {
  int result;
  RuntimeRecord record;
};

Outcome run_failing(std::int64_t size, int allocations_left, int optimization) {
  LoopIrRun run(failing_text, {}, {size});
  const auto code = compile_for_cpu(run.program, {ir::host_target(), optimization});
  Outcome outcome{-1, {}};
  if (!code) return outcome;
  if (size > 1000) run.sizes = {1};  // memory for outputs, which will not be reached
  const auto outputs = run.new_outputs();
  run.sizes = {size};
  outcome.record.allocations_left = allocations_left;
  outcome.result = run.run(**code, outputs, outcome.record);
  return outcome;
}

TEST_F(CpuJitMemory, FailuresAreReportedAndMemoryIsGivenBack) {
  struct Case {
    std::int64_t size;
    int allocations;
    int result;
    const char* message;
  };
  const Case cases[] = {
      {4, 9, 0, ""},
      {5, 9, 1, "i is four: a \"limit\""},
      {4, 1, 3, "there is not enough memory for 'G'"},
      {4, 0, 3, "there is not enough memory for 'H'"},
      {std::int64_t{1} << 33, 9, 3, "there is not enough memory for 'H'"},  // bytes overflow
      {0, 9, 0, ""},
  };
  for (const int optimization : {0, 1, 2, 3}) {
    for (const Case& each : cases) {
      SCOPED_TRACE(fmt::format("N = {}, -O{}", each.size, optimization));
      const Outcome outcome = run_failing(each.size, each.allocations, optimization);
      EXPECT_EQ(outcome.result, each.result);
      EXPECT_EQ(outcome.record.failure, each.message);
      EXPECT_EQ(outcome.record.allocated, outcome.record.released);
    }
  }
}

}  // namespace
}  // namespace tcc

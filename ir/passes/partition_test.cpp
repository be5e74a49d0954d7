// partition: what it takes apart and what not, and that it keeps every bit at awkward sizes.
#include "ir/passes/partition.h"

#include <gtest/gtest.h>

#include "ir/printer.h"
#include "ir/verifier.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view fused = R"(size M, K, N
input A: f32[M, K]
input B: f32[K, N]
output C: f32[M, N]
temporary C.1: f32[M, N]

kernel C.1 {
  for i in 0:M {
    for j in 0:N {
      C.1[i, j] = 0.0
      for k in 0:K {
        C.1[i, j] = C.1[i, j] + A[i, k] * B[k, j]
      }
    }
  }
}

kernel C {
  for i in 0:M {
    for j in 0:N {
      C[i, j] = relu(C.1[i, j])
    }
  }
}
)";

constexpr std::string_view tiled = R"(schedule C {
  i.o, i.i = split(i, 4); j.o, j.i = split(j, 8)
  reorder(i.o, j.o, i.i, j.i)
  compute_at(C.1, j.o)
  vectorize(j.i); unroll(i.i)
}
schedule C.1 {
  reorder(k, i, j)
  vectorize(j); unroll(i)
})";

/// The guard of `k` depends on a loop of the reduction: it stays, in both copies.
constexpr std::string_view split_sum = R"(schedule C {
  i.o, i.i = split(i, 4); j.o, j.i = split(j, 8)
  reorder(i.o, j.o, i.i, j.i)
  compute_at(C.1, j.o)
  vectorize(j.i)
}
schedule C.1 {
  k.o, k.i = split(k, 3)
  reorder(k.o, k.i, i, j)
  unroll(k.i)
})";

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

LoopProgram partitioned(std::string_view schedule) {
  LoopProgram program = partition(scheduled(fused, schedule), {});
  for (const std::string& breach : verify(program))
    ADD_FAILURE() << breach << "\n" << print(program);
  return program;
}

TEST(Partition, TellsAllGuardsOfATileAtOnce) {
  const std::string text = print(partitioned(tiled));
  EXPECT_EQ(count(text, "if i.o * 4 + 3 < M and j.o * 8 + 7 < N {"), 1u) << text;
  EXPECT_EQ(count(text, "if not (i.o * 4 + 3 < M and j.o * 8 + 7 < N) {"), 1u) << text;
  EXPECT_EQ(count(text, "for k in 0:K"), 2u) << text;
  EXPECT_EQ(count(text, "if i.o * 4 + i < M {"), 2u) << "in the guarded copy only:\n" << text;
}

TEST(Partition, LeavesGuardsOfTheReductionItself) {
  const std::string text = print(partitioned(split_sum));
  EXPECT_EQ(count(text, "< K {"), 2u) << text;
  EXPECT_EQ(count(text, "j.o * 8 + 7 < N {"), 1u) << text;
}

TEST(Partition, LeavesLoopsWithoutAReduction) {
  const LoopProgram before =
      scheduled(fused, "schedule C { j.o, j.i = split(j, 8); vectorize(j.i) }");
  EXPECT_EQ(print(partition(before, {})), print(before));
}

TEST(Partition, KeepsEveryBitAtAwkwardSizes) {
  const LoopProgram plain = program_from(fused);
  for (const std::string_view schedule : {tiled, split_sum}) {
    const LoopProgram program = partitioned(schedule);
    expect_same_results(plain, program, {0, 1, 3, 4, 5, 7, 8, 9, 17});
    expect_same_results(plain, run_passes(scheduled(fused, schedule), {.strict = true}),
                        {0, 1, 4, 8, 9, 17});
  }
}

/// What it prints reads back as the same program, but for the comments: why guards are there.
TEST(Partition, IsTextThatReadsBack) {
  const std::string text = print(partitioned(tiled));
  EXPECT_EQ(print(program_from(text)), without_comments(text));
}

}  // namespace
}  // namespace tcc::ir

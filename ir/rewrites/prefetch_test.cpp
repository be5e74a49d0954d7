// prefetch and store: the programs after them, that results stay, and what they refuse.
#include <gtest/gtest.h>

#include "ir/passes/passes.h"
#include "ir/printer.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view product = R"(size M, K
input A: f32[M, K]
input B: f32[K, 40]
output C: f32[M, 40]

kernel C {
  for i in 0:M {
    for j in 0:40 {
      C[i, j] = 0.0
      for k in 0:K {
        C[i, j] = C[i, j] + A[i, k] * B[k, j]
      }
    }
  }
}
)";

TEST(Prefetch, AsksForEachLineOnce) {
  EXPECT_EQ(
      scheduled_text(product,
                     "schedule C { reorder(i, k, j); prefetch(B, at = k, ahead = 8, into = L2) }"),
      R"(kernel C {
  for i in 0:M {
    for j in 0:40 {
      C[i, j] = 0.0
    }
    for k in 0:K {
      prefetch B[k + 8, 0] into L2
      prefetch B[k + 8, 16] into L2
      prefetch B[k + 8, 32] into L2
      for j in 0:40 {
        C[i, j] = C[i, j] + A[i, k] * B[k, j]
      }
    }
  }
}
)");
}

TEST(Prefetch, KeepsResults) {
  const LoopProgram plain = program_from(product);
  for (const std::string how : {"prefetch(B, at = k)", "prefetch(C, at = i, ahead = 0, into = L3)",
                                "prefetch(A, at = k, ahead = 100)", "store(nontemporal)"}) {
    LoopProgram nest = scheduled(product, "schedule C { reorder(i, k, j); " + how + " }");
    expect_same_results(plain, nest, {0, 1, 2, 3, 7, 8, 9, 31, 33});
    nest = run_passes(std::move(nest), {.strict = true});
    expect_same_results(plain, nest, {0, 1, 2, 3, 7, 8, 9, 31, 33});
  }
}

TEST(Store, SaysHowTheDefinitionIsStored) {
  const LoopProgram plain = program_from(product);
  const BufferId C = *plain.find_buffer("C");
  EXPECT_EQ(scheduled(product, "schedule C { store(nontemporal) }")[C].stores,
            StoreHint::nontemporal);
  EXPECT_EQ(scheduled(product, "schedule C { store(nontemporal); store(temporal) }")[C].stores,
            StoreHint::temporal);
}

struct Refused {
  std::string_view schedule;
  std::string_view message;
};

class MemoryRefuses : public testing::TestWithParam<Refused> {};

TEST_P(MemoryRefuses, WithTheReason) {
  EXPECT_EQ(refusal_of(product, GetParam().schedule), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, MemoryRefuses,
    testing::Values(
        Refused{"schedule C { prefetch(A, at = k); a, b = split(i, 4); vectorize(b) }",
                "vectorize(b): loop 'b' holds a prefetch"},
        Refused{"schedule C { store(fast) }",
                "store(fast): how 'fast' is not known: it is temporal, nontemporal"},
        Refused{R"(schedule C { W = cache_write(register, at = j) }
schedule W { store(nontemporal) })",
                "store(nontemporal): 'W' is not in the memory of the whole program"},
        Refused{
            "schedule C { prefetch(B, at = i) }",
            "prefetch(B, at = i): what one iteration of loop 'i' accesses of 'B' is not a constant "
            "number of lines, at most 64"},
        Refused{
            "schedule C { reorder(k, i, j); a, b = split(i, 64); prefetch(C, at = a) }",
            "prefetch(C, at = a): what one iteration of loop 'a' accesses of 'C' is not a constant "
            "number of lines, at most 64"},
        Refused{"schedule C { prefetch(B, at = k, ahead = -1) }",
                "prefetch(B, at = k, ahead = -1): -1 iterations ahead have been"},
        Refused{"schedule C { prefetch(B, at = k, into = L4) }",
                "prefetch(B, at = k, into = L4): into 'L4' is not known: it is L1, L2, L3"},
        Refused{"schedule C { W = cache_write(register, at = j); prefetch(W, at = k) }",
                "prefetch(W, at = k): 'W' is in registers, and needs no cache"}));

}  // namespace
}  // namespace tcc::ir

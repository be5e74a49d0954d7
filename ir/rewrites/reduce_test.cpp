// reduce: what its levels stand for, that they keep integer results, and what it refuses.
#include <gtest/gtest.h>

#include "ir/passes/passes.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view eight = R"(input x: f32[8]
output s: f32[]

kernel s {
  s[] = 0.0
  for k in 0:8 {
    s[] = s[] + x[k]
  }
}
)";

constexpr std::string_view rows = R"(size M, K
input A: i32[M, K]
output C: i32[M]

kernel C {
  for i in 0:M {
    C[i] = 0i32
    for k in 0:K {
      C[i] = C[i] + A[i, k]
    }
  }
}
)";

TEST(Reduce, HalvesAsATree) {
  constexpr std::string_view by_hand = R"(schedule s {
  k.o, k.i = split(k, 4)
  rfactor(k.i)
  k.i.o, k.i.i = split(k.i, 2)
  rfactor(k.i.i)
})";
  EXPECT_EQ(scheduled_text(eight, "schedule s { reduce(k, tree) }"),
            scheduled_text(eight, by_hand));
  EXPECT_EQ(scheduled_text(eight, "schedule s { reduce(k, 4, 2) }"),
            scheduled_text(eight, by_hand));
}

TEST(Reduce, KeepsIntegerResults) {
  const LoopProgram plain = program_from(rows);
  for (const std::string levels :
       {"1", "8", "3", "vector(8)", "vector(16), tree", "8, tree", "vector(8), 3, 2", "5, tree"}) {
    LoopProgram nest = scheduled(rows, "schedule C { reduce(k, " + levels + ") }");
    expect_same_results(plain, nest, {0, 1, 2, 3, 7, 8, 9, 31, 33});
    nest = run_passes(std::move(nest), {.strict = true});
    expect_same_results(plain, nest, {0, 1, 2, 3, 7, 8, 9, 31, 33});
  }
}

struct Refused {
  std::string_view program;
  std::string_view schedule;
  std::string_view message;
};

class ReduceRefuses : public testing::TestWithParam<Refused> {};

TEST_P(ReduceRefuses, WithTheReason) {
  EXPECT_EQ(refusal_of(GetParam().program, GetParam().schedule), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, ReduceRefuses,
    testing::Values(
        Refused{rows, "schedule C { reduce(k, grid(8), block(256), warp) }",
                "reduce(k, grid(8), block(256), warp): level 'grid' is a GPU's, which this version "
                "has no code for"},
        Refused{rows, "schedule C { reduce(k, tree) }",
                "reduce(k, tree): how often 'tree' halves loop 'k' is not known: its extent is not "
                "a constant"},
        Refused{rows, "schedule C { reduce(k, vector) }",
                "reduce(k, vector): 'vector' is no level of a reduction"},
        Refused{rows, "schedule C { reduce(k, 0) }", "reduce(k, 0): 0 partial results are too few"},
        Refused{rows, "schedule C { reduce(k) }", "reduce(k): 'reduce' needs 'levels'"},
        Refused{rows, "schedule C { reduce(k, vector(512)) }",
                "reduce(k, vector(512)): the extent of loop 'k.i' is not a constant of 1 to 256"},
        Refused{rows, "schedule C { reduce(i, 8) }",
                "reduce(i, 8): loop 'i' is over an axis of 'C', no reduction"}));

}  // namespace
}  // namespace tcc::ir

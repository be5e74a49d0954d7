// pack: the nests after it, that it keeps every bit, and what it refuses.
#include <gtest/gtest.h>

#include "ir/passes/passes.h"
#include "tests/support/plain_nests.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view tiles = R"(schedule C {
  i.o, i.i = split(i, 2); j.o, j.i = split(j, 4)
  reorder(i.o, j.o, k, i.i, j.i)
  )";

std::string tiled(std::string_view rest) { return std::string(tiles) + std::string(rest) + "\n}"; }

/// The loops of `on_first_use` alone: rows read the same of B, panel by panel.
TEST(Pack, FindsTheLoopsOfTheFirstUse) {
  const std::string written = scheduled_text(
      matmul, tiled("P = pack(B, [i1 // 4, i0, i1 % 4], at = j.o, on_first_use = i.o)"));
  for (const char* flag : {"on_first_use", "on_first_use = true", "at = j.o, on_first_use"}) {
    EXPECT_EQ(scheduled_text(
                  matmul, tiled("P = pack(B, [i1 // 4, i0, i1 % 4], " + std::string(flag) + ")")),
              written);
  }
  EXPECT_EQ(
      refusal_of(matmul, "schedule C { reorder(j, k, i); pack(B, [i0, i1], on_first_use) }"),
      "pack(B, [i0, i1], on_first_use): no loop reads the same of 'B' in each iteration, part by "
      "part");
}

TEST(Pack, PutsAPanelBesideAPanel) {
  EXPECT_EQ(scheduled_text(matmul, tiled("P = pack(B, [i1 // 4, i0, i1 % 4])")),
            R"(kernel C {
  allocate P: f32[(N + 3) // 4, K, 4] in heap
  for i1.o in 0:(N + 3) // 4 of P {
    for i0 in 0:K {
      for i1.i in 0:4 {
        P[i1.o, i0, i1.i] = (B[i0, i1.o * 4 + i1.i] if i1.o * 4 + i1.i < N)
      }
    }
  }
  for i.o in 0:(M + 1) // 2 {
    for j.o in 0:(N + 3) // 4 {
      for i.i in 0:2 {
        if i.o * 2 + i.i < M {  # false at M = 1, i.o = 0, i.i = 1
          for j.i in 0:4 {
            if j.o * 4 + j.i < N {  # false at N = 1, j.o = 0, j.i = 1
              C[i.o * 2 + i.i, j.o * 4 + j.i] = 0.0
            }
          }
        }
      }
      for k in 0:K {
        for i.i in 0:2 {
          if i.o * 2 + i.i < M {  # false at M = 1, i.o = 0, i.i = 1
            for j.i in 0:4 {
              if j.o * 4 + j.i < N {  # false at N = 1, j.o = 0, j.i = 1
                C[i.o * 2 + i.i, j.o * 4 + j.i] = C[i.o * 2 + i.i, j.o * 4 + j.i] + A[i.o * 2 + i.i, k] * P[j.o, k, j.i]
              }
            }
          }
        }
      }
    }
  }
}
)");
}

TEST(Pack, PacksInTheFirstIterationThatComputes) {
  const std::string text = scheduled_text(
      matmul, tiled("P = pack(B, [i1 // 4, i0, i1 % 4], at = j.o, on_first_use = i.o)"));
  constexpr std::string_view filled = R"(  for i.o in 0:(M + 1) // 2 {
    for j.o in 0:(N + 3) // 4 {
      if i.o == 0 {
        for i1.o in 0:1 of P {
          for i0 in 0:K {
            for i1.i in 0:4 {
              P[j.o + i1.o, i0, i1.i] = (B[i0, j.o * 4 + i1.o * 4 + i1.i] if j.o * 4 + i1.o * 4 + i1.i < N)
            }
          }
        }
      }
)";
  EXPECT_NE(text.find(filled), std::string::npos) << text;
  EXPECT_NE(text.find("A[i.o * 2 + i.i, k] * P[j.o, k, j.i]"), std::string::npos) << text;
}

TEST(Pack, KeepsEveryBit) {
  const LoopProgram plain = program_from(matmul);
  for (const std::string rest :
       {"pack(B, [i1 // 4, i0, i1 % 4])", "pack(B, [i1, i0])", "pack(A, [i0 // 2, i1, i0 % 2])",
        "pack(B, [i0 // 3, i1 // 8, i0 % 3, i1 % 8])", "pack(B, [i1 // 4, i0, i1 % 4], at = j.o)",
        "pack(B, [i1 // 3, i0, i1 % 3], at = j.o)", "pack(B, [i1 % 4, i1 // 4, i0], at = k)",
        "pack(B, [i1 // 4, i0, i1 % 4], at = j.o, on_first_use = i.o)",
        "pack(B, [i1 // 2, i0, i1 % 2], at = k, on_first_use = i.o); vectorize(j.i)",
        "pack(B, [i1 // 4, i0, i1 % 4], at = j.o, on_first_use = i.o); vectorize(j.i); unroll(i.i) "
        "}"
        " schedule B.packed { vectorize(i1.i)"}) {
    LoopProgram nest = scheduled(matmul, tiled(rest));
    expect_same_results(plain, nest, {0, 1, 2, 3, 7, 8, 9, 17});
    nest = run_passes(std::move(nest), {.strict = true});
    expect_same_results(plain, nest, {0, 1, 2, 3, 7, 8, 9, 17});
  }
}

struct Refused {
  std::string_view rest;
  std::string_view message;
};

class PackRefuses : public testing::TestWithParam<Refused> {};

TEST_P(PackRefuses, WithTheReason) {
  EXPECT_EQ(refusal_of(matmul, tiled(GetParam().rest)),
            std::string(GetParam().rest) + ": " + std::string(GetParam().message));
}

constexpr std::string_view lost =
    "the layout has axis i1 neither as a whole nor as one quotient and its remainder";

INSTANTIATE_TEST_SUITE_P(
    Rewrites, PackRefuses,
    testing::Values(
        Refused{"pack(B, [i0])", lost}, Refused{"pack(B, [i0, i1 // 4])", lost},
        Refused{"pack(B, [i0, i1 // 4, i1 % 8])", lost}, Refused{"pack(B, [i0, i1, i1 % 8])", lost},
        Refused{"pack(B, [i0, i1, i2])", "there is no axis 'i2'"},
        Refused{"pack(C, [i1, i0])", "'C' is stored to where it would be read from a copy"},
        Refused{"pack(C, [i1, i0], at = j.o)",
                "'C' is stored to where it would be read from a copy"},
        Refused{"A = pack(B, [i1, i0])", "there is a definition 'A' already"},
        Refused{"pack(B, [i1, i0], on_first_use = i.o)", "'on_first_use' needs 'at'"},
        Refused{"pack(B, [i1, i0], at = i.o, on_first_use = j.o)",
                "loop 'j.o' is not around loop 'i.o'"},
        Refused{"pack(A, [i1, i0], at = j.o, on_first_use = i.o)",
                "what is read of 'A' depends on loop 'i.o'"},
        Refused{"pack(B, [i1 // 3, i0, i1 % 3], at = j.o, on_first_use = i.o)",
                "what loop 'j.o' reads does not begin at a multiple of the divisor of i1"}));

}  // namespace
}  // namespace tcc::ir

// fuse and tile: the nest, every bit kept, refusals.
#include <gtest/gtest.h>

#include "ir/passes/passes.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view add = R"(size M, N
input A: f32[M, N]
input b: f32[N]
output C: f32[M, N]

kernel C {
  for i in 0:M {
    for j in 0:N {
      C[i, j] = A[i, j] + b[j]
    }
  }
}
)";

constexpr std::string_view shifted = R"(size M, N
input A: f32[M, N]
output C: f32[M, N]

kernel C {
  for i in 0:M {
    for j in 0:N {
      C[i, j] = 0.0
    }
  }
  for i in 1:M - 1 {
    for j in 2:N - 2 {
      C[i, j] = A[i - 1, j - 2]
    }
  }
}
)";

constexpr std::string_view triangle = R"(size N
input A: f32[N, N]
output C: f32[N, N]

kernel C {
  for i in 0:N {
    for j in 0:N {
      C[i, j] = 0.0
    }
  }
  for p in 0:N {
    for q in 0:p {
      C[p, q] = A[p, q]
    }
  }
}
)";

constexpr std::string_view sum = R"(size M, K
input A: f32[M, K]
output C: f32[M]

kernel C {
  for i in 0:M {
    C[i] = 0.0
    for k in 0:K {
      C[i] = C[i] + A[i, k]
    }
  }
}
)";

constexpr std::string_view huge = R"(input a: f32
output C: f32

kernel C {
  for i in 0:4294967296 {
    for j in 0:4294967296 {
      C[] = a[]
    }
  }
}
)";

const std::vector<std::int64_t> sizes = {0, 1, 2, 3, 7, 8, 9, 31, 33};

TEST(Fuse, MakesOneLoopOfTwo) {
  EXPECT_EQ(scheduled_text(add, "schedule C { f = fuse(i, j) }"), R"(kernel C {
  for f in 0:M * N {
    C[f // N, f % N] = A[f // N, f % N] + b[f % N]
  }
}
)");
}

TEST(Fuse, MovesGuardsIn) {
  EXPECT_EQ(scheduled_text(add, "schedule C { i.o, i.i = split(i, 4); f = fuse(i.i, j) }"),
            R"(kernel C {
  for i.o in 0:(M + 3) // 4 {
    for f in 0:N * 4 {
      if f // N + i.o * 4 < M {  # false at M = 1, N = 1, i.o = 0, f = 1
        C[f // N + i.o * 4, f % N] = A[f // N + i.o * 4, f % N] + b[f % N]
      }
    }
  }
}
)");
}

TEST(Tile, StandsForSplitsAndAReorder) {
  EXPECT_EQ(scheduled_text(add, "schedule C { i.o, j.o, i.i, j.i = tile(i, j, 4, 8) }"),
            scheduled_text(add, R"(schedule C {
  i.o, i.i = split(i, 4)
  j.o, j.i = split(j, 8)
  reorder(i.o, j.o, i.i, j.i)
})"));
}

struct Legal {
  std::string_view program;
  std::string_view schedule;
};

class FuseKeepsEveryBit : public testing::TestWithParam<Legal> {};

TEST_P(FuseKeepsEveryBit, AtAwkwardSizes) {
  const LoopProgram plain = program_from(GetParam().program);
  LoopProgram nest = scheduled(GetParam().program, GetParam().schedule);
  expect_same_results(plain, nest, sizes);
  nest = run_passes(std::move(nest), {.strict = true});
  expect_same_results(plain, nest, sizes);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, FuseKeepsEveryBit,
    testing::Values(
        Legal{add, "schedule C { f = fuse(i, j) }"},
        Legal{add, "schedule C { f = fuse(i, j); a, b = split(f, 8); vectorize(b) }"},
        Legal{add, "schedule C { a, b = split(i, 4); f = fuse(b, j); c, d = split(f, 3) }"},
        Legal{add, "schedule C { a, b = split(j, 4); f = fuse(a, b); g = fuse(i, f) }"},
        Legal{add, "schedule C { f = fuse(i, j); a, b = split(f, 8, tail = balance) }"},
        Legal{add, "schedule C { i.o, j.o, i.i, j.i = tile(i, j, 3, 8); vectorize(j.i) }"},
        Legal{add, R"(schedule C {
  i.o, j.o, i.i, j.i = tile(i, j, 4, 8, tail = balance); f = fuse(i.o, j.o)
})"},
        Legal{shifted, "schedule C { f = fuse(i, j) }"},
        Legal{sum, "schedule C { a, b = split(k, 4); f = fuse(a, b) }"}));

struct Refused {
  std::string_view program;
  std::string_view schedule;
  std::string_view message;
};

class FuseRefused : public testing::TestWithParam<Refused> {};

TEST_P(FuseRefused, WithTheReason) {
  EXPECT_EQ(refusal_of(GetParam().program, GetParam().schedule), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, FuseRefused,
    testing::Values(
        Refused{add, "schedule C { f = fuse(i) }",
                "f = fuse(i): two loops are fused at a time, not 1"},
        Refused{add, "schedule C { f = fuse(j, i) }",
                "f = fuse(j, i): loop 'j' is not around the other"},
        Refused{add, "schedule C { f = fuse(i, i) }",
                "f = fuse(i, i): loop 'i' is not around the other"},
        Refused{add, "schedule C { a, b = split(i, 4); f = fuse(a, j) }",
                "f = fuse(a, j): loop 'b' stands between loops 'a' and 'j'"},
        Refused{add, "schedule C { a, b = split(i, 4); a = fuse(b, j) }",
                "a = fuse(b, j): there is a loop 'a' already"},
        Refused{add, "schedule C { a, b = split(j, 4); unroll(b); f = fuse(a, b) }",
                "f = fuse(a, b): loop 'b' is unrolled already"},
        Refused{sum, "schedule C { f = fuse(i, k) }",
                "f = fuse(i, k): other statements stand between loops 'i' and 'k'"},
        Refused{triangle, "schedule C { f = fuse(p, q) }",
                "f = fuse(p, q): the bounds of loop 'q' depend on loop 'p'"},
        Refused{huge, "schedule C { f = fuse(i, j) }",
                "f = fuse(i, j): 4294967296 times 4294967296 iterations do not fit into 64 bits"},
        Refused{add, "schedule C { a, b = tile(i, j, 4, 4) }",
                "a, b = tile(i, j, 4, 4): 'tile' gives 4 names, not 2"},
        Refused{sum, "schedule C { a, b, c, d = tile(i, k, 4, 0) }",
                "a, b, c, d = tile(i, k, 4, 0): factor 0 is not in 1 to 2^31 - 1"}));

}  // namespace
}  // namespace tcc::ir

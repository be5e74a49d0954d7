// Every rewrite: the nest after it, that it keeps every bit, and what it refuses.
#include <gtest/gtest.h>

#include "ir/passes/passes.h"
#include "ir/printer.h"
#include "tests/support/plain_nests.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view fused = R"(size M, K, N
input A: f32[M, K]
input B: f32[K, N]
input bias: f32[N]
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
      C[i, j] = relu(C.1[i, j] + bias[j])
    }
  }
}
)";

constexpr std::string_view chain = R"(size N
input A: f32[N]
output C: f32[N]
temporary T: f32[N]

kernel T {
  for i in 0:N {
    T[i] = A[i] * 2.0
  }
}

kernel C {
  for i in 0:N {
    C[i] = T[i] + T[i]
  }
}
)";

const std::vector<std::int64_t> awkward_sizes = {0, 1, 3, 4, 5, 7, 8, 9, 13};

TEST(Split, GuardsWhatItCannotProve) {
  EXPECT_EQ(scheduled_text(scale, "schedule C { o, i2 = split(i, 4) }"), R"(kernel C {
  for o in 0:(N + 3) // 4 {
    for i2 in 0:4 {
      if o * 4 + i2 < N {  # false at N = 1, o = 0, i2 = 1
        C[o * 4 + i2] = A[o * 4 + i2] * 2.0
      }
    }
  }
}
)");
}

TEST(Split, LeavesTheGuardOutWhereTheFactorDivides) {
  std::string text(scale);
  for (std::size_t at; (at = text.find("N]")) != std::string::npos;)
    text.replace(at, 1, "32");
  text.replace(text.find("0:N"), 3, "0:32");
  EXPECT_EQ(scheduled_text(text, "schedule C { i.o, i.i = split(i, 8) }"), R"(kernel C {
  for i.o in 0:4 {
    for i.i in 0:8 {
      C[i.o * 8 + i.i] = A[i.o * 8 + i.i] * 2.0
    }
  }
}
)");
}

TEST(Split, LeavesTheGuardOutWhereTheFactorDividesASize) {
  std::string text(scale);
  for (std::size_t at; (at = text.find("N]")) != std::string::npos;)
    text.replace(at, 1, "4 * M");
  text.replace(text.find("0:N"), 3, "0:4 * M");
  text.replace(text.find("size N"), 6, "size M");
  EXPECT_EQ(scheduled_text(text, "schedule C { o, i2 = split(i, 4) }"), R"(kernel C {
  for o in 0:M {
    for i2 in 0:4 {
      C[o * 4 + i2] = A[o * 4 + i2] * 2.0
    }
  }
}
)");
}

TEST(Reorder, SplitsTheInitializationOff) {
  EXPECT_EQ(scheduled_text(matmul, "schedule C { reorder(i, k, j) }"), R"(kernel C {
  for i in 0:M {
    for j in 0:N {
      C[i, j] = 0.0
    }
    for k in 0:K {
      for j in 0:N {
        C[i, j] = C[i, j] + A[i, k] * B[k, j]
      }
    }
  }
}
)");
}

TEST(Reorder, MovesGuardsOut) {
  EXPECT_EQ(
      scheduled_text(matmul, "schedule C { i.o, i.i = split(i, 4); reorder(i.o, i.i, k, j) }"),
      R"(kernel C {
  for i.o in 0:(M + 3) // 4 {
    for i.i in 0:4 {
      if i.o * 4 + i.i < M {  # false at M = 1, i.o = 0, i.i = 1
        for j in 0:N {
          C[i.o * 4 + i.i, j] = 0.0
        }
        for k in 0:K {
          for j in 0:N {
            C[i.o * 4 + i.i, j] = C[i.o * 4 + i.i, j] + A[i.o * 4 + i.i, k] * B[k, j]
          }
        }
      }
    }
  }
}
)");
}

TEST(Inline, BindsAValueThatIsUsedTwice) {
  EXPECT_EQ(scheduled_text(chain, "schedule C { inline(T) }"), R"(kernel C {
  for i in 0:N {
    let T = A[i] * 2.0
    C[i] = T + T
  }
}
)");
}

TEST(ComputeAt, KeepsOnlyTheRegionThatIsRead) {
  EXPECT_EQ(scheduled_text(fused, R"(schedule C {
  i.o, i.i = split(i, 4)
  compute_at(C.1, i.o)
})"),
            R"(kernel C {
  for i.o in 0:(M + 3) // 4 {
    allocate C.1: f32[4, N] in heap
    for i in 0:4 of C.1 {
      if i.o * 4 + i < M {  # false at M = 1, i.o = 0, i = 1
        for j in 0:N {
          C.1[i, j] = 0.0
          for k in 0:K {
            C.1[i, j] = C.1[i, j] + A[i.o * 4 + i, k] * B[k, j]
          }
        }
      }
    }
    for i.i in 0:4 {
      if i.o * 4 + i.i < M {  # false at M = 1, i.o = 0, i.i = 1
        for j in 0:N {
          C[i.o * 4 + i.i, j] = relu(C.1[i.i, j] + bias[j])
        }
      }
    }
  }
}
)");
}

struct Legal {
  std::string_view program;
  std::string_view schedule;
};

class KeepsEveryBit : public testing::TestWithParam<Legal> {};

TEST_P(KeepsEveryBit, AtAwkwardSizes) {
  const LoopProgram plain = program_from(GetParam().program);
  LoopProgram nest = scheduled(GetParam().program, GetParam().schedule);
  expect_same_results(plain, nest, awkward_sizes);
  nest = run_passes(std::move(nest), {.strict = true});
  expect_same_results(plain, nest, awkward_sizes);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, KeepsEveryBit,
    testing::Values(
        Legal{scale, "schedule C { a, b = split(i, 4); unroll(b) }"},
        Legal{scale, "schedule C { a, b = split(i, 8); c, d = split(b, 4); vectorize(d) }"},
        Legal{scale, "schedule C { a, b = split(i, 3); vectorize(b) }"},
        Legal{matmul, "schedule C { reorder(k, j, i) }"},
        Legal{matmul, "schedule C { a, b = split(k, 4); reorder(a, i, b, j) }"},
        Legal{matmul, R"(schedule C {
  i.o, i.i = split(i, 4); j.o, j.i = split(j, 8); k.o, k.i = split(k, 2)
  reorder(i.o, j.o, k.o, k.i, i.i, j.i)
  vectorize(j.i); unroll(i.i)
})"},
        Legal{chain, "schedule C { inline(T); a, b = split(i, 4); vectorize(b) }"},
        Legal{chain, "schedule C { a, b = split(i, 4); compute_at(T, a); vectorize(b) }"},
        Legal{fused, R"(schedule C {
  i.o, i.i = split(i, 4); j.o, j.i = split(j, 8)
  reorder(i.o, j.o, i.i, j.i)
  compute_at(C.1, j.o)
  vectorize(j.i); unroll(i.i)
}
schedule C.1 {
  reorder(k, i, j)
  vectorize(j); unroll(i)
})"}));

struct Refused {
  std::string_view program;
  std::string_view schedule;
  std::string_view message;
};

class Refuses : public testing::TestWithParam<Refused> {};

TEST_P(Refuses, WithTheReason) {
  EXPECT_EQ(refusal_of(GetParam().program, GetParam().schedule), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, Refuses,
    testing::Values(
        Refused{scale, "schedule D { unroll(i) }", "there is no definition 'D'"},
        Refused{scale, "schedule C { unrol(i) }", "unrol(i): there is no rewrite 'unrol'"},
        Refused{scale, "schedule C { unroll(j) }", "unroll(j): 'C' has no loop 'j'"},
        Refused{scale, "schedule C { unroll(i) }",
                "unroll(i): the extent of loop 'i' is not a constant"},
        Refused{scale, "schedule C { unroll() }", "unroll(): 'unroll' needs 'loop'"},
        Refused{scale, "schedule C { unroll(4) }",
                "unroll(4): a number stands where a name belongs"},
        Refused{scale, "schedule C { a, b = split(i, 0) }",
                "a, b = split(i, 0): factor 0 is not in 1 to 2^31 - 1"},
        Refused{scale, "schedule C { a, a = split(i, 2) }",
                "a, a = split(i, 2): there is a loop 'a' already"},
        Refused{scale, "schedule C { a = split(i, 2) }",
                "a = split(i, 2): 'split' gives 2 names, not 1"},
        Refused{scale, "schedule C { a, b = split(i, 2, tail = wrong) }",
                "a, b = split(i, 2, tail = wrong): tail 'wrong' is not known: it is guard, peel, "
                "shift, balance"},
        Refused{scale, "schedule C { a, b = split(i, 8192); unroll(b) }",
                "unroll(b): 8192 copies are more than 4096"},
        Refused{scale, "schedule C { inline(A) }", "inline(A): 'A' is an input"},
        Refused{matmul, "schedule C { a, b = split(k, 4); vectorize(b) }",
                "vectorize(b): iterations of loop 'b' depend on each other: one may load 'C[i, "
                "j]', which "
                "another stores to 'C[i, j]'"},
        Refused{matmul, "schedule C { reorder(i, i) }", "reorder(i, i): a loop is named twice"},
        Refused{fused, "schedule C { inline(C.1) }", "inline(C.1): 'C.1' is not elementwise"},
        Refused{fused, "schedule C.1 { compute_at(C.1, k) }",
                "compute_at(C.1, k): this block is the schedule of 'C.1' itself"},
        Refused{scale, "schedule C { inline(C) }",
                "inline(C): this block is the schedule of 'C' itself"},
        Refused{fused, "schedule C.1 { compute_at(C, i) }",
                "compute_at(C, i): 'C' is an output, and must be there as a whole"},
        Refused{fused, "schedule C.1 { a, b = split(i, 4) }\nschedule C { compute_at(C.1, j) }",
                "compute_at(C.1, j): 'C.1' has a schedule of its own already"}));

TEST(Reorder, KeepsTheOrderOfASumUnderStrict) {
  constexpr std::string_view schedule = "schedule C { a, b = split(k, 4); reorder(b, a) }";
  EXPECT_EQ(refusal_of(matmul, schedule), "");
  EXPECT_EQ(refusal_of(matmul, schedule, Reassociation::forbidden),
            "reorder(b, a): this changes the order in which a reduction adds, which --strict "
            "forbids");
}

}  // namespace
}  // namespace tcc::ir

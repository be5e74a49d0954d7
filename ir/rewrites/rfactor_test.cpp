// rfactor: the nest after it, that it keeps integer results, and what it refuses.
#include <gtest/gtest.h>

#include "ir/passes/passes.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

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

constexpr std::string_view table = R"(size M
input A: i32[M, 12]
output C: i32[M]

kernel C {
  for i in 0:M {
    C[i] = 0i32
    for k in 0:12 {
      C[i] = C[i] + A[i, k]
    }
  }
}
)";

constexpr std::string_view product = R"(size M, K, N
input A: i32[M, K]
input B: i32[K, N]
output C: i32[M, N]

kernel C {
  for i in 0:M {
    for j in 0:N {
      C[i, j] = 0i32
      for k in 0:K {
        C[i, j] = C[i, j] + A[i, k] * B[k, j]
      }
    }
  }
}
)";

constexpr std::string_view peak = R"(size M, K
input A: f32[M, K]
output C: f32[]

kernel C {
  C[] = -inf
  for i in 0:M {
    for k in 0:K {
      C[] = maximum(A[i, k], C[])
    }
  }
}
)";

constexpr std::string_view running = R"(size N
input A: f32[N]
output C: f32[N]

kernel C {
  for i in 0:N {
    C[i] = select(i > 0, (C[i - 1] if i > 0), 0.0) + A[i]
  }
}
)";

constexpr std::string_view sums = R"(size N
input A: f32[N]
output C: f32[]

kernel C {
  C[] = 0.0
  for k in 0:N {
    C[] = C[] + A[k]
  }
}
)";

const std::vector<std::int64_t> awkward_sizes = {0, 1, 2, 3, 7, 8, 9, 31, 33};

TEST(Rfactor, GivesTheReductionLoopsToAPartialResult) {
  EXPECT_EQ(scheduled_text(rows, "schedule C { k.o, k.i = split(k, 8); rfactor(k.i) }"),
            R"(kernel C {
  for i in 0:M {
    allocate C.rf: i32[8] in registers
    for k.i in 0:8 of C.rf {
      C.rf[k.i] = 0i32
    }
    for k.o in 0:(K + 7) // 8 of C.rf {
      for k.i in 0:8 {
        if k.o * 8 + k.i < K {  # false at K = 1, k.o = 0, k.i = 1
          C.rf[k.i] = C.rf[k.i] + A[i, k.o * 8 + k.i]
        }
      }
    }
    C[i] = 0i32
    for k.i in 0:8 {
      C[i] = C[i] + C.rf[k.i]
    }
  }
}
)");
}

TEST(Rfactor, KeepsTheAxesInsideTheReduction) {
  EXPECT_EQ(scheduled_text(product, R"(schedule C {
  j.o, j.i = split(j, 4); k.o, k.i = split(k, 2)
  reorder(i, j.o, k.o, k.i, j.i)
  P = rfactor(k.i)
})"),
            R"(kernel C {
  for i in 0:M {
    for j.o in 0:(N + 3) // 4 {
      allocate P: i32[2, 4] in registers
      for k.i in 0:2 of P {
        for j.i in 0:4 {
          P[k.i, j.i] = 0i32
        }
      }
      for k.o in 0:(K + 1) // 2 of P {
        for k.i in 0:2 {
          for j.i in 0:4 {
            if j.o * 4 + j.i < N {  # false at N = 1, j.o = 0, j.i = 1
              if k.o * 2 + k.i < K {  # false at K = 1, k.o = 0, k.i = 1
                P[k.i, j.i] = P[k.i, j.i] + A[i, k.o * 2 + k.i] * B[k.o * 2 + k.i, j.o * 4 + j.i]
              }
            }
          }
        }
      }
      for j.i in 0:4 {
        if j.o * 4 + j.i < N {  # false at N = 1, j.o = 0, j.i = 1
          C[i, j.o * 4 + j.i] = 0i32
        }
      }
      for k.i in 0:2 {
        for j.i in 0:4 {
          if j.o * 4 + j.i < N {
            C[i, j.o * 4 + j.i] = C[i, j.o * 4 + j.i] + P[k.i, j.i]
          }
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

class KeepsResults : public testing::TestWithParam<Legal> {};

TEST_P(KeepsResults, AtAwkwardSizes) {
  const LoopProgram plain = program_from(GetParam().program);
  LoopProgram nest = scheduled(GetParam().program, GetParam().schedule);
  expect_same_results(plain, nest, awkward_sizes);
  nest = run_passes(std::move(nest), {.strict = true});
  expect_same_results(plain, nest, awkward_sizes);
}

INSTANTIATE_TEST_SUITE_P(
    Rfactor, KeepsResults,
    testing::Values(Legal{rows, "schedule C { rfactor(k) }"},
                    Legal{rows, "schedule C { a, b = split(k, 1); P = rfactor(b) }"},
                    Legal{rows, R"(schedule C { a, b = split(k, 8); P = rfactor(b) }
schedule P { vectorize(b) })"},
                    Legal{rows, R"(schedule C {
  a, b = split(k, 8); P = rfactor(b); c, d = split(b, 3); P.2 = rfactor(d) }
schedule P { vectorize(b) }
schedule P.2 { vectorize(d) })"},
                    Legal{rows, "schedule C { a, b = split(k, 3); rfactor(a) }"},
                    Legal{product, R"(schedule C {
  j.o, j.i = split(j, 4); k.o, k.i = split(k, 2); reorder(i, j.o, k.o, k.i, j.i); P = rfactor(k.i)
  vectorize(j.i)
}
schedule P { vectorize(j.i); unroll(k.i) })"},
                    Legal{product, "schedule C { reorder(k, i, j); rfactor(k) }"},
                    Legal{peak, "schedule C { a, b = split(k, 4); rfactor(b); rfactor(b) }"},
                    Legal{peak, "schedule C { rfactor(i); rfactor(i) }"},
                    Legal{peak, R"(schedule C { reorder(k, i); P = rfactor(k) }
schedule P { a, b = split(i, 4); rfactor(b) })"},
                    Legal{table, "schedule C { a, b = split(k, 4); rfactor(b) }"},
                    Legal{table, "schedule C { a, b = split(k, 12); rfactor(b); rfactor(b) }"},
                    Legal{table, "schedule C { a, b = split(k, 5); rfactor(b, as = lanes) }"},
                    Legal{table, "schedule C { reorder(k, i); a, b = split(k, 3); rfactor(a) }"},
                    Legal{table,
                          "schedule C { a, b = split(k, 6); c, d = split(b, 2); rfactor(d) }"},
                    Legal{rows, "schedule C { a, b = split(k, 8); rfactor(b, as = lanes) }"},
                    Legal{rows, "schedule C { a, b = split(k, 3); rfactor(b, as = lanes) }"}));

struct Refused {
  std::string_view program;
  std::string_view schedule;
  std::string_view message;
};

class RfactorRefuses : public testing::TestWithParam<Refused> {};

TEST_P(RfactorRefuses, WithTheReason) {
  EXPECT_EQ(refusal_of(GetParam().program, GetParam().schedule), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, RfactorRefuses,
    testing::Values(
        Refused{rows, "schedule C { rfactor(i) }",
                "rfactor(i): loop 'i' is over an axis of 'C', no reduction"},
        Refused{product, "schedule C { reorder(k, i, j); rfactor(j) }",
                "rfactor(j): loop 'j' is over an axis of 'C', no reduction"},
        Refused{running, "schedule C { rfactor(i) }",
                "rfactor(i): loop 'i' carries no reduction of 'C'"},
        Refused{rows, "schedule C { A = rfactor(k) }",
                "A = rfactor(k): there is a definition 'A' already"},
        Refused{rows, "schedule C { a, b = rfactor(k) }",
                "a, b = rfactor(k): 'rfactor' gives 0 to 1 names, not 2"},
        Refused{rows, "schedule C { a, b = split(i, 4); vectorize(b); rfactor(k) }",
                "rfactor(k): loop 'k' is done lane by lane"},
        Refused{rows, "schedule C { rfactor(k, as = lanes) }",
                "rfactor(k, as = lanes): the extent of loop 'k' is not a constant of 1 to 256"},
        Refused{rows, "schedule C { a, b = split(k, 4); rfactor(b, as = rows) }",
                "rfactor(b, as = rows): as 'rows' is not known: it is lanes"},
        Refused{rows, "schedule C { rfactor(j) }", "rfactor(j): 'C' has no loop 'j'"}));

TEST(Rfactor, KeepsTheOrderOfASumUnderStrict) {
  constexpr std::string_view schedule = "schedule C { rfactor(k) }";
  EXPECT_EQ(refusal_of(sums, schedule), "");
  EXPECT_EQ(refusal_of(rows, schedule, Reassociation::forbidden), "");
  EXPECT_EQ(refusal_of(sums, schedule, Reassociation::forbidden),
            "rfactor(k): this changes the order in which a reduction adds, which --strict forbids");
}

}  // namespace
}  // namespace tcc::ir

// parallel, and the test of independence that it rests on.
#include <gtest/gtest.h>

#include "tests/support/plain_nests.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view running_sum = R"(size N
input A: f32[20, N]
output C: f32[20, N]

kernel C {
  for i in 0:20 {
    for j in 0:N {
      C[i, j] = select(i > 0, (C[i - 1, j] if i > 0), 0.0) + A[i, j]
    }
  }
}
)";

constexpr std::string_view row = R"(input A: f32[100]
output C: f32[100]

kernel C {
  for i in 0:100 {
    C[i] = A[i] * 2.0
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

constexpr std::string_view scratch = R"(size N
input A: f32[N]
output C: f32[N]
temporary T: f32[1]

kernel C {
  for i in 0:N {
    T[0] = A[i]
    C[i] = T[0] + T[0]
  }
}
)";

constexpr std::string_view strided = R"(size N
input A: f32[N]
output C: f32[4 * N]

kernel C {
  for i in 0:N {
    for j in 0:4 {
      C[3 - j + 4 * i] = A[i]
    }
  }
}
)";

constexpr std::string_view overlapping = R"(size N
input A: f32[N]
output C: f32[4 * N + 1]

kernel C {
  for i in 0:N {
    for j in 0:5 {
      C[4 * i + j] = A[i]
    }
  }
}
)";

/// What an iteration loads is not stored by others, or by one.
constexpr std::string_view beside = R"(size N
input A: f32[2 * N + 2]
output C: f32[2 * N + 2]

kernel C {
  for j in 0:2 * N + 2 {
    C[j] = A[j]
  }
  for i in 0:N {
    C[2 * i] = C[2 * i + 1]
  }
  for ahead in 0:N {
    C[2 * ahead] = C[2 * ahead + 2]
  }
}
)";

/// Where M is 0, every quotient and remainder is.
constexpr std::string_view wrapped = R"(size M, N
input A: f32[N]
output C: f32[N + 1, M + 1]

kernel C {
  for j in 0:N + 1 {
    for k in 0:M + 1 {
      C[j, k] = 0.0
    }
  }
  for i in 0:N {
    C[i // M, i % M] = A[i]
  }
}
)";

constexpr std::string_view flat = R"(size M, N
input A: f32[M, N]
output C: f32[M * N]

kernel C {
  for i in 0:M {
    for j in 0:N {
      C[i * N + j] = A[i, j]
    }
  }
}
)";

constexpr std::string_view scattered = R"(size N
input A: f32[N]
input ids: i64[N]
output C: f32[N]

kernel C {
  for i in 0:N {
    C[ids[i]] = A[i]
  }
}
)";

TEST(Parallel, MarksTheLoop) {
  EXPECT_EQ(scheduled_text(row, "schedule C { parallel(i) }"), R"(kernel C {
  parallel for i in 0:100 {
    C[i] = A[i] * 2.0
  }
}
)");
}

struct Case {
  std::string_view program;
  std::string_view schedule;
};

class Independent : public testing::TestWithParam<Case> {};

TEST_P(Independent, IsAccepted) {
  const auto [program, schedule] = GetParam();
  EXPECT_EQ(refusal_of(program, schedule), "");
  expect_same_results(program_from(program), scheduled(program, schedule),
                      {0, 1, 2, 3, 7, 8, 9, 31, 33});
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, Independent,
    testing::Values(
        Case{matmul, "schedule C { parallel(i) }"}, Case{matmul, "schedule C { parallel(j) }"},
        Case{matmul, "schedule C { reorder(i, k, j); parallel(i) }"},
        Case{running_sum, "schedule C { parallel(j) }"},
        Case{row, "schedule C { a, b = split(i, 8); parallel(a); parallel(b) }"},
        Case{row, "schedule C { a, b = split(i, 8, tail = peel); parallel(a); parallel(i) }"},
        Case{row, "schedule C { a, b = split(i, 8, tail = shift); parallel(b) }"},
        Case{row, "schedule C { a, b = split(i, 8, tail = balance); parallel(a) }"},
        Case{matmul, "schedule C { a, b = split(i, 8, tail = balance); parallel(a) }"},
        Case{matmul, "schedule C { f = fuse(i, j); parallel(f) }"},
        Case{matmul, "schedule C { f = fuse(i, j); a, b = split(f, 4); parallel(a) }"},
        Case{matmul, R"(schedule C {
  i.o, j.o, i.i, j.i = tile(i, j, 4, 8); f = fuse(i.o, j.o); parallel(f)
})"},
        Case{matmul, R"(schedule C {
  i.o, j.o, i.i, j.i = tile(i, j, 4, 8, tail = balance); f = fuse(i.o, j.o); parallel(f)
})"},
        Case{chain, "schedule C { a, b = split(i, 8); compute_at(T, a); parallel(a) }"},
        Case{strided, "schedule C { parallel(i) }"}, Case{strided, "schedule C { parallel(j) }"},
        Case{beside, "schedule C { parallel(i) }"}, Case{flat, "schedule C { parallel(j) }"},
        Case{flat, "schedule C { parallel(i) }"}));

struct Refused {
  std::string_view program;
  std::string_view schedule;
  std::string_view message;
};

class Dependent : public testing::TestWithParam<Refused> {};

TEST_P(Dependent, IsRefusedWithTheAccesses) {
  EXPECT_EQ(refusal_of(GetParam().program, GetParam().schedule), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, Dependent,
    testing::Values(
        Refused{matmul, "schedule C { parallel(k) }",
                "parallel(k): iterations of loop 'k' depend on each other: one may load 'C[i, j]', "
                "which another stores to 'C[i, j]'"},
        Refused{running_sum, "schedule C { parallel(i) }",
                "parallel(i): iterations of loop 'i' depend on each other: one may load 'C[i - 1, "
                "j]', which another stores to 'C[i, j]'"},
        Refused{row, "schedule C { a, b = split(i, 8, tail = shift); parallel(a) }",
                "parallel(a): iterations of loop 'a' depend on each other: two may store to "
                "'C[minimum(a * 8, 92) + b]'"},
        Refused{scratch, "schedule C { parallel(i) }",
                "parallel(i): iterations of loop 'i' depend on each other: one may load 'T[0]', "
                "which another stores to 'T[0]'"},
        Refused{overlapping, "schedule C { parallel(i) }",
                "parallel(i): iterations of loop 'i' depend on each other: two may store to 'C[4 * "
                "i + j]'"},
        Refused{R"(input A: f32[0, 9]
output C: f32[0]

kernel C {
  for i in 0:0 {
    C[i] = 0.0
    for k in 0:9 {
      C[i] = C[i] + A[i, k]
    }
  }
}
)",
                "schedule C { reorder(k, i); vectorize(k) }",
                "vectorize(k): iterations of loop 'k' depend on each other: one may load 'C[i]', "
                "which another stores to 'C[i]'"},
        Refused{beside, "schedule C { parallel(ahead) }",
                "parallel(ahead): iterations of loop 'ahead' depend on each other: one may load "
                "'C[2 * ahead + 2]', which another stores to 'C[2 * ahead]'"},
        Refused{wrapped, "schedule C { parallel(i) }",
                "parallel(i): iterations of loop 'i' depend on each other: two may store to 'C[i "
                "// M, i % M]'"},
        Refused{scattered, "schedule C { parallel(i) }",
                "parallel(i): iterations of loop 'i' depend on each other: two may store to "
                "'C[ids[i]]'"},
        Refused{chain,
                "schedule C { a, b = split(i, 8); compute_at(T, b); parallel(a); parallel(a) }",
                "parallel(a): loop 'a' is parallel already"},
        Refused{row,
                "schedule C { a, b = split(i, 8); unroll(b); c, d = split(a, 2); unroll(d); e, g = "
                "split(c, 2); parallel(b) }",
                "parallel(b): loop 'b' is unrolled already"},
        Refused{matmul, "schedule C { a, b = split(i, 8); unroll(b); parallel(j) }",
                "parallel(j): loop 'j' is inside unrolled loop 'b'"},
        Refused{row, "schedule C { a, b = split(i, 25, tail = shift); vectorize(a) }", ""},
        Refused{row, "schedule C { a, b = split(i, 32, tail = shift); vectorize(a) }",
                "vectorize(a): iterations of loop 'a' depend on each other: two may store to "
                "'C[minimum(a * 32, 68) + b]'"}));

}  // namespace
}  // namespace tcc::ir

// cache_read and cache_write: the nests after them, that they keep every bit, and what they refuse.
#include <gtest/gtest.h>

#include "ir/passes/passes.h"
#include "tests/support/plain_nests.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view window = R"(size N
input A: f32[N + 4]
input i5: i64[5]
output C: f32[N]

kernel C {
  for i in 0:N {
    C[i] = 0.0
    for u in 0:5 {
      C[i] = C[i] + A[i + u]
    }
  }
}
)";

constexpr std::string_view gather = R"(size N
input A: f32[N]
input ids: i64[N]
output C: f32[N]

kernel C {
  for i in 0:N {
    C[i] = (A[ids[i]] if ids[i] >= 0 and ids[i] < N)
  }
}
)";

TEST(CacheRead, CopiesTheRegionThatIsRead) {
  EXPECT_EQ(scheduled_text(window, R"(schedule C {
  o, i2 = split(i, 4)
  P = cache_read(A, register, at = o)
})"),
            R"(kernel C {
  for o in 0:(N + 3) // 4 {
    allocate P: f32[8] in registers
    for i0 in 0:8 of P {
      if o * 4 + i0 < N + 4 {  # false at N = 1, o = 0, i0 = 7
        P[i0] = A[o * 4 + i0]
      }
    }
    for i2 in 0:4 {
      if o * 4 + i2 < N {  # false at N = 1, o = 0, i2 = 1
        C[o * 4 + i2] = 0.0
        for u in 0:5 {
          C[o * 4 + i2] = C[o * 4 + i2] + P[u + i2]
        }
      }
    }
  }
}
)");
}

TEST(CacheWrite, KeepsATileUntilItIsDone) {
  EXPECT_EQ(scheduled_text(matmul, R"(schedule C {
  i.o, i.i = split(i, 4); j.o, j.i = split(j, 8)
  reorder(i.o, j.o, k, i.i, j.i)
  cache_write(register, at = j.o)
})"),
            R"(kernel C {
  for i.o in 0:(M + 3) // 4 {
    for j.o in 0:(N + 7) // 8 {
      allocate C.cache: f32[4, 8] in registers
      for i.i in 0:4 {
        if i.o * 4 + i.i < M {  # false at M = 1, i.o = 0, i.i = 1
          for j.i in 0:8 {
            if j.o * 8 + j.i < N {  # false at N = 1, j.o = 0, j.i = 1
              C.cache[i.i, j.i] = 0.0
            }
          }
        }
      }
      for k in 0:K {
        for i.i in 0:4 {
          if i.o * 4 + i.i < M {  # false at M = 1, i.o = 0, i.i = 1
            for j.i in 0:8 {
              if j.o * 8 + j.i < N {  # false at N = 1, j.o = 0, j.i = 1
                C.cache[i.i, j.i] = C.cache[i.i, j.i] + A[i.o * 4 + i.i, k] * B[k, j.o * 8 + j.i]
              }
            }
          }
        }
      }
      for i0 in 0:4 of C.cache {
        if i.o * 4 + i0 < M {  # false at M = 1, i.o = 0, i0 = 1
          for i1 in 0:8 {
            if j.o * 8 + i1 < N {  # false at N = 1, j.o = 0, i1 = 1
              C[i.o * 4 + i0, j.o * 8 + i1] = C.cache[i0, i1]
            }
          }
        }
      }
    }
  }
}
)");
}

TEST(CacheWrite, ReadsInWhatIsInitializedOutside) {
  EXPECT_EQ(scheduled_text(window, "schedule C { cache_write(register, at = u) }"), R"(kernel C {
  for i in 0:N {
    C[i] = 0.0
    for u in 0:5 {
      allocate C.cache: f32[1] in registers
      for i0 in 0:1 of C.cache {
        C.cache[i0] = C[i + i0]
      }
      C.cache[0] = C.cache[0] + A[i + u]
      for i0 in 0:1 of C.cache {
        C[i + i0] = C.cache[i0]
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

class KeepsBits : public testing::TestWithParam<Legal> {};

TEST_P(KeepsBits, AtAwkwardSizes) {
  const LoopProgram plain = program_from(GetParam().program);
  LoopProgram nest = scheduled(GetParam().program, GetParam().schedule);
  expect_same_results(plain, nest, {0, 1, 2, 3, 7, 8, 9, 31, 33});
  nest = run_passes(std::move(nest), {.strict = true});
  expect_same_results(plain, nest, {0, 1, 2, 3, 7, 8, 9, 31, 33});
}

INSTANTIATE_TEST_SUITE_P(
    Cache, KeepsBits,
    testing::Values(
        Legal{window, R"(schedule C { o, i2 = split(i, 4); P = cache_read(A, register, at = o) }
schedule P { vectorize(i0) })"},
        Legal{window, "schedule C { o, i2 = split(i, 7); cache_write(register, at = o) }"},
        Legal{window, "schedule C { cache_read(A, global, at = i); cache_write(global, at = u) }"},
        Legal{scale, R"(schedule C { o, i2 = split(i, 8); p, q = split(i2, 4)
  cache_write(register, at = o); cache_read(A, register, at = p) })"},
        Legal{matmul, R"(schedule C {
  i.o, i.i = split(i, 4); j.o, j.i = split(j, 8)
  reorder(i.o, j.o, k, i.i, j.i)
  cache_write(register, at = j.o)
  cache_read(B, register, at = k)
  cache_read(A, global, at = i.o)
  vectorize(j.i); unroll(i.i)
}
schedule C.cache { vectorize(i1); unroll(i0) }
schedule B.cache { vectorize(i1) })"},
        Legal{matmul, "schedule C { reorder(k, i, j); W = cache_write(global, at = k) }"},
        Legal{matmul, R"(schedule C { k.o, k.i = split(k, 4); reorder(k.o, i, j, k.i)
  cache_write(global, at = k.o); cache_read(B, global, at = k.o) })"}));

struct Refused {
  std::string_view program;
  std::string_view schedule;
  std::string_view message;
};

class CacheRefuses : public testing::TestWithParam<Refused> {};

TEST_P(CacheRefuses, WithTheReason) {
  EXPECT_EQ(refusal_of(GetParam().program, GetParam().schedule), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, CacheRefuses,
    testing::Values(
        Refused{scale, "schedule C { cache_read(A, shared, at = i) }",
                "cache_read(A, shared, at = i): scope 'shared' is a GPU's, which this version has "
                "no code for"},
        Refused{scale, "schedule C { cache_read(A, far, at = i) }",
                "cache_read(A, far, at = i): scope 'far' is not known: it is register, global, "
                "shared, fragment"},
        Refused{
            matmul, "schedule C { cache_read(B, register, at = i) }",
            "cache_read(B, register, at = i): what one iteration accesses has no constant size"},
        Refused{matmul, R"(schedule C { a, b = split(j, 4096); reorder(a, k, b)
  cache_read(B, register, at = k) })",
                "cache_read(B, register, at = k): what one iteration accesses is more than 8 KiB"},
        Refused{scale, "schedule C { cache_read(C, global, at = i) }",
                "cache_read(C, global, at = i): loop 'i' stores to 'C' too"},
        Refused{matmul, "schedule C { reorder(k, i, j); cache_read(A, global, at = i) }", ""},
        Refused{gather, "schedule C { cache_read(A, global, at = i) }", ""},
        Refused{gather, "schedule C { a, b = split(i, 4); cache_read(A, global, at = a) }",
                "cache_read(A, global, at = a): what loop 'a' reads of axis 0 is no interval"},
        Refused{window, "schedule C { cache_read(i5, global, at = i) }",
                "cache_read(i5, global, at = i): loop 'i' does not read 'i5'"},
        Refused{scale,
                "schedule C { a, b = split(i, 4); vectorize(b); cache_write(register, at = b) }",
                "cache_write(register, at = b): loop 'b' is done lane by lane"},
        Refused{scale, "schedule C { A = cache_write(register, at = i) }",
                "A = cache_write(register, at = i): there is a definition 'A' already"},
        Refused{
            scale,
            "schedule C { a, b = split(i, 8); c, d = split(b, 3); cache_write(global, at = a) }",
            "cache_write(global, at = a): one iteration of loop 'a' stores to parts of its region "
            "of 'C' only"},
        Refused{matmul, R"(schedule C { k.o, k.i = split(k, 4); j.o, j.i = split(j, 4)
  reorder(i, j.o, k.o, k.i, j.i); cache_write(register, at = j.o); vectorize(k.i) })",
                "vectorize(k.i): iterations of loop 'k.i' depend on each other: one may load "
                "'C.cache[0, j.i]', which another stores to 'C.cache[0, j.i]'"}));

}  // namespace
}  // namespace tcc::ir

// split with each tail: the nest, every bit kept, refusals.
#include <gtest/gtest.h>

#include "ir/passes/passes.h"
#include "tests/support/plain_nests.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

/// `text` with a number in the place of a size.
std::string with_size(std::string_view text, std::string_view name, std::int64_t value) {
  std::string result(text);
  const std::string number = std::to_string(value);
  for (const std::string& place : {"[" + std::string(name), "0:" + std::string(name)}) {
    for (std::size_t at = 0; (at = result.find(place, at)) != std::string::npos; ++at)
      result.replace(at + place.size() - name.size(), name.size(), number);
  }
  result.erase(0, result.find('\n') + 1);
  return result;
}

/// A window that starts at 1 and has no iteration, or fewer than none, for small N.
constexpr std::string_view window = R"(size N
input A: f32[N]
output C: f32[N]

kernel C {
  for i in 0:N {
    C[i] = 0.0
  }
  for i in 1:N - 2 {
    C[i] = A[i - 1] + A[i + 1]
  }
}
)";

constexpr std::string_view running_sum = R"(input A: f32[20]
output C: f32[20]

kernel C {
  for i in 0:20 {
    C[i] = select(i > 0, (C[i - 1] if i > 0), 0.0) + A[i]
  }
}
)";

const std::vector<std::int64_t> sizes = {0, 1, 2, 3, 7, 8, 9, 31, 33};

TEST(SplitTails, PeelTakesTheRestOutOfTheLoop) {
  EXPECT_EQ(scheduled_text(scale, "schedule C { i.o, i.i = split(i, 8, tail = peel) }"),
            R"(kernel C {
  for i.o in 0:N // 8 {
    for i.i in 0:8 {
      C[i.o * 8 + i.i] = A[i.o * 8 + i.i] * 2.0
    }
  }
  for i in N // 8 * 8:N {
    C[i] = A[i] * 2.0
  }
}
)");
}

TEST(SplitTails, PeelLeavesNoRestWhereTheFactorDivides) {
  EXPECT_EQ(scheduled_text(with_size(scale, "N", 32),
                           "schedule C { i.o, i.i = split(i, 8, tail = peel) }"),
            R"(kernel C {
  for i.o in 0:4 {
    for i.i in 0:8 {
      C[i.o * 8 + i.i] = A[i.o * 8 + i.i] * 2.0
    }
  }
}
)");
}

TEST(SplitTails, ShiftMovesTheLastTileBack) {
  EXPECT_EQ(scheduled_text(with_size(scale, "N", 33),
                           "schedule C { i.o, i.i = split(i, 8, tail = shift) }"),
            R"(kernel C {
  for i.o in 0:5 {
    for i.i in 0:8 {
      C[minimum(i.o * 8, 25) + i.i] = A[minimum(i.o * 8, 25) + i.i] * 2.0
    }
  }
}
)");
}

TEST(SplitTails, BalanceMakesTilesOfAlmostOneSize) {
  EXPECT_EQ(scheduled_text(with_size(scale, "N", 100),
                           "schedule C { i.o, i.i = split(i, 8, tail = balance) }"),
            R"(kernel C {
  for i.o in 0:13 {
    for i.i in 0:8 {
      if minimum(i.o, 9) + i.o * 7 + i.i < minimum(i.o + 1, 9) + i.o * 7 + 7 {  # false at i.o = 12, i.i = 7
        C[minimum(i.o, 9) + i.o * 7 + i.i] = A[minimum(i.o, 9) + i.o * 7 + i.i] * 2.0
      }
    }
  }
}
)");
}

TEST(SplitTails, BalanceNeedsNoGuardWhereTheFactorDivides) {
  EXPECT_EQ(scheduled_text(with_size(scale, "N", 32),
                           "schedule C { i.o, i.i = split(i, 8, tail = balance) }"),
            scheduled_text(with_size(scale, "N", 32), "schedule C { i.o, i.i = split(i, 8) }"));
}

struct Legal {
  std::string_view program;
  std::string_view schedule;
};

class TailsKeepEveryBit : public testing::TestWithParam<Legal> {};

TEST_P(TailsKeepEveryBit, AtAwkwardSizes) {
  const LoopProgram plain = program_from(GetParam().program);
  LoopProgram nest = scheduled(GetParam().program, GetParam().schedule);
  expect_same_results(plain, nest, sizes);
  nest = run_passes(std::move(nest), {.strict = true});
  expect_same_results(plain, nest, sizes);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, TailsKeepEveryBit,
    testing::Values(Legal{scale, "schedule C { a, b = split(i, 8, tail = peel); vectorize(b) }"},
                    Legal{scale, "schedule C { a, b = split(i, 1, tail = peel) }"},
                    Legal{scale, R"(schedule C {
  a, b = split(i, 8, tail = peel); c, d = split(i, 3, tail = peel); e, f = split(i, 2)
})"},
                    Legal{scale, "schedule C { a, b = split(i, 8, tail = balance); vectorize(b) }"},
                    Legal{scale, R"(schedule C {
  a, b = split(i, 9, tail = balance); c, d = split(b, 4, tail = balance); unroll(d)
})"},
                    Legal{window, "schedule C { a, b = split(i, 4, tail = peel) }"},
                    Legal{window, "schedule C { a, b = split(i, 4, tail = balance) }"},
                    Legal{matmul, "schedule C { a, b = split(j, 4, tail = peel); vectorize(b) }"},
                    Legal{matmul, R"(schedule C {
  i.o, i.i = split(i, 4, tail = peel); j.o, j.i = split(j, 8, tail = balance)
  reorder(i.o, j.o, k, i.i, j.i)
  vectorize(j.i); unroll(i.i)
})"}));

/// The same loop with a number for its size, which is what `shift` needs.
class ShiftKeepsEveryBit : public testing::TestWithParam<int> {};

TEST_P(ShiftKeepsEveryBit, OfANumber) {
  const int size = GetParam();
  for (const int factor : {1, 2, 5, 8}) {
    if (factor > size) continue;
    const std::string program = with_size(scale, "N", size);
    const std::string split =
        "a, b = split(i, " + std::to_string(factor) + ", tail = shift); vectorize(b)";
    const LoopProgram plain = program_from(program);
    LoopProgram nest = scheduled(program, "schedule C { " + split + " }");
    expect_same_results(plain, nest, {});
    expect_same_results(plain, run_passes(std::move(nest), {.strict = true}), {});
  }
}

INSTANTIATE_TEST_SUITE_P(Rewrites, ShiftKeepsEveryBit, testing::Values(1, 2, 3, 7, 8, 9, 31, 33));

TEST(SplitTails, ShiftMayRunAProductTwice) {
  const std::string program = R"(size K
input A: f32[13, K]
input B: f32[K, 9]
output C: f32[13, 9]

kernel C {
  for i in 0:13 {
    for j in 0:9 {
      C[i, j] = 0.0
      for k in 0:K {
        C[i, j] = C[i, j] + A[i, k] * B[k, j]
      }
    }
  }
}
)";
  const LoopProgram nest = scheduled(program, R"(schedule C {
  i.o, i.i = split(i, 4, tail = shift)
  j.o, j.i = split(j, 8, tail = shift)
  reorder(i.o, j.o, k, i.i, j.i)
  vectorize(j.i)
})");
  expect_same_results(program_from(program), nest, {0, 1, 5});
  // A sum must not be added to by both tiles that have an element.
  EXPECT_NE(refusal_of(program, R"(schedule C {
  i.o, i.i = split(i, 4, tail = shift)
  reorder(k, i.o, i.i, j)
})"),
            "");
}

struct Refused {
  std::string_view program;
  std::string_view schedule;
  std::string_view message;
};

class TailRefused : public testing::TestWithParam<Refused> {};

TEST_P(TailRefused, WithTheReason) {
  EXPECT_EQ(refusal_of(GetParam().program, GetParam().schedule), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, TailRefused,
    testing::Values(
        Refused{scale, "schedule C { a, b = split(i, 2, tail = cut) }",
                "a, b = split(i, 2, tail = cut): tail 'cut' is not known: it is guard, peel, "
                "shift, balance"},
        Refused{scale, "schedule C { i, b = split(i, 2, tail = peel) }",
                "i, b = split(i, 2, tail = peel): there is a loop 'i' already"},
        Refused{scale, "schedule C { a, b = split(i, 8, tail = shift) }",
                "a, b = split(i, 8, tail = shift): a tile of 8 may be longer than loop 'i': "
                "'N >= 8' is not proven"},
        Refused{running_sum, "schedule C { a, b = split(i, 8, tail = shift) }",
                "a, b = split(i, 8, tail = shift): iterations that two tiles share would be run "
                "twice, and '(C[i - 1] if i > 0)' may see what the first run has stored"},
        Refused{R"(input A: f32[4, 20]
output C: f32[4]

kernel C {
  for i in 0:4 {
    C[i] = 0.0
    for k in 0:20 {
      C[i] = C[i] + A[i, k]
    }
  }
}
)",
                "schedule C { a, b = split(k, 8, tail = shift) }",
                "a, b = split(k, 8, tail = shift): iterations that two tiles share would be run "
                "twice, and 'C[i]' may see what the first run has stored"},
        Refused{R"(size N
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
)",
                R"(schedule C {
  a, b = split(i, 8); compute_at(T, a); c, d = split(a, 4, tail = peel)
})",
                "c, d = split(a, 4, tail = peel): loop 'a' holds an allocation, which a copy of "
                "its body would make a second time"}));

}  // namespace
}  // namespace tcc::ir

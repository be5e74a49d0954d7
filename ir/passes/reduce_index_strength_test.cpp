// reduce_index_strength: which divisions become loops and counts.
#include "ir/passes/reduce_index_strength.h"

#include <gtest/gtest.h>

#include "ir/printer.h"
#include "tests/support/pass_text.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view header = R"(size N, M
input x: f32[M, N]
output y: f32[N * M]
)";

void expect_reduced(std::string_view before, std::string_view after) {
  expect_pass("reduce_index_strength", header, before, after, {0, 1, 2, 3, 4, 5, 7, 8, 9, 17});
}

TEST(ReduceIndexStrength, MakesTwoLoopsOfAMultiple) {
  expect_reduced(R"(  for f in 0:N * M {
    y[f] = x[f % M, f // M]
  }
)",
                 R"(  for f.q in 0:N {
    for f.r in 0:M {
      y[f.q * M + f.r] = x[f.r, f.q]
    }
  }
)");
}

TEST(ReduceIndexStrength, TakesTheMultipleApart) {
  expect_pass("reduce_index_strength", R"(size N, M
input x: f32[M, N]
output y: f32[N, M, 6]
)",
              R"(  parallel for f in 0:6 * N * M {
    y[f // (3 * M) // 2, f % (M * 3) // 3, f % 6] = x[f % (M * 3) // 3, f // (3 * M) // 2]
  }
)",
              R"(  parallel for f.q in 0:N * 2 {
    for f.r in 0:3 * M {
      y[f.q // 2, f.r // 3, (f.q * (3 * M) + f.r) % 6] = x[f.r // 3, f.q // 2]
    }
  }
)",
              {0, 1, 2, 3});
}

TEST(ReduceIndexStrength, CountsLanesThatLieInOneRow) {
  expect_reduced(R"(  for o in 0:(N * M + 3) // 4 {
    vector for v in 0:4 {
      if o * 4 + v < N * M {
        y[o * 4 + v] = x[(o * 4 + v) % M, (o * 4 + v) // M]
      }
    }
  }
)",
                 R"(  for o in 0:(N * M + 3) // 4 {
    let v.q = o * 4 // M
    let v.r = o * 4 % M
    if v.r + 3 < M {
      vector for v in 0:4 {
        if o * 4 + v < N * M {
          y[o * 4 + v] = x[v.r + (v - 0), v.q]
        }
      }
    }
    if not v.r + 3 < M {
      vector for v in 0:4 {
        if o * 4 + v < N * M {
          y[o * 4 + v] = x[(o * 4 + v) % M, (o * 4 + v) // M]
        }
      }
    }
  }
)");
}

TEST(ReduceIndexStrength, LeavesShiftsAndOtherExtents) {
  const char* shifts = R"(  for f in 0:N * M {
    y[f] = f32(f // 4 + f % 8)
  }
)";
  expect_reduced(shifts, shifts);
  const char* no_multiple = R"(  for f in 0:N * M {
    y[f] = f32(f // 3 + f % (N + 1))
  }
)";
  expect_reduced(no_multiple, no_multiple);
}

/// A sum with a value that was read may wrap, and then the lanes do not count.
TEST(ReduceIndexStrength, LeavesValuesThatAreRead) {
  constexpr std::string_view text = R"(size N
input x: i64[N]
output y: i64[N]

kernel y {
  for o in 0:1 {
    vector for v in 0:4 {
      y[v] = (x[0] + v) // 3
    }
  }
}
)";
  EXPECT_EQ(print(after_pass("reduce_index_strength", program_from(text))), text);
}

}  // namespace
}  // namespace tcc::ir

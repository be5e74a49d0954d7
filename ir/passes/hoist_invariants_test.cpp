// hoist_invariants: what moves out of loops, and what must not.
#include "ir/passes/hoist_invariants.h"

#include <gtest/gtest.h>

#include "tests/support/pass_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view header = R"(size N, M
input x: f32[N]
input s: f32[M]
output y: f32[N, M]
)";

void expect_hoisted(std::string_view before, std::string_view after) {
  expect_pass("hoist_invariants", header, before, after, {0, 1, 2, 5});
}

TEST(HoistInvariants, MovesBeforeALoopThatIsRun) {
  expect_hoisted(R"(  for i in 0:N {
    unrolled for j in 0:1 {
      if j < M {
        y[i, j] = 0.0
      }
    }
    for j in 0:M {
      y[i, j] = s[j] / sqrt(x[i] + 1.5)
    }
  }
)",
                 R"(  for i in 0:N {
    unrolled for j in 0:1 {
      if j < M {
        y[i, j] = 0.0
      }
    }
    if M > 0 {
      let t = sqrt(x[i] + 1.5)
      for j in 0:M {
        y[i, j] = s[j] / t
      }
    }
  }
)");
}

TEST(HoistInvariants, MovesTheTestOutOfFurtherLoops) {
  expect_hoisted(R"(  for i in 0:N {
    for j in 0:M {
      y[i, j] = exp(x[i]) * exp(x[0] + 0.5)
    }
  }
)",
                 R"(  if M > 0 {
    if N > 0 {
      let t = exp(x[0] + 0.5)
      for i in 0:N {
        let y.t = exp(x[i]) * t
        for j in 0:M {
          y[i, j] = y.t
        }
      }
    }
  }
)");
}

TEST(HoistInvariants, MovesLetsByTheirNames) {
  expect_hoisted(R"(  for i in 0:N {
    for j in 0:M {
      let a = exp(x[i])
      let b = a * s[j]
      y[i, j] = b * a
    }
  }
)",
                 R"(  if M > 0 {
    for i in 0:N {
      let a = exp(x[i])
      for j in 0:M {
        let b = a * s[j]
        y[i, j] = b * a
      }
    }
  }
)");
}

TEST(HoistInvariants, LeavesWhatIsCheap) {
  const char* text = R"(  for i in 0:N {
    for j in 0:M {
      y[i, j] = s[j] + f32(i + 2 * M)
    }
  }
)";
  expect_hoisted(text, text);
}

TEST(HoistInvariants, LeavesWhatTheLoopStores) {
  const char* text = R"(  for i in 0:N {
    for j in 0:M {
      y[i, 0] = s[j]
      y[i, j] = exp(y[i, 0])
    }
  }
)";
  expect_hoisted(text, text);
}

TEST(HoistInvariants, LeavesWhatIsGuarded) {
  const char* text = R"(  for i in 0:N + 3 {
    for j in 0:M {
      if i < N {
        y[i, j] = exp(x[i])
      }
    }
  }
)";
  expect_hoisted(text, text);
}

/// The assertion is what keeps the load inside; what reads nothing may pass it.
TEST(HoistInvariants, LeavesLoadsBehindAnAssert) {
  expect_hoisted(R"(  for j in 0:M {
    for i in 0:N {
      assert 0 < N, "no element"
      y[i, j] = x[N - 1] + exp(f32(j))
    }
  }
)",
                 R"(  if N > 0 {
    for j in 0:M {
      let t = exp(f32(j))
      for i in 0:N {
        assert 0 < N, "no element"
        y[i, j] = x[N - 1] + t
      }
    }
  }
)");
}

TEST(HoistInvariants, StaysInParallelLoops) {
  const char* text = R"(  for j in 0:M {
    parallel for i in 0:N {
      y[i, j] = exp(s[j])
    }
  }
)";
  expect_hoisted(text, text);
}

TEST(HoistInvariants, MovesVectors) {
  expect_pass("hoist_invariants", R"(size N
input x: f32[N]
input s: f32[4]
output y: f32[N, 4]
)",
              R"(  for i in 0:N {
    unrolled for j in 0:2 {
      y[i, ramp(0, 1, 4)] = s[ramp(0, 1, 4)] / broadcast(x[i], 4)
    }
  }
)",
              R"(  if N > 0 {
    let t = s[ramp(0, 1, 4)]
    for i in 0:N {
      let y.t = t / broadcast(x[i], 4)
      unrolled for j in 0:2 {
        y[i, ramp(0, 1, 4)] = y.t
      }
    }
  }
)",
              {0, 1, 3});
}

}  // namespace
}  // namespace tcc::ir

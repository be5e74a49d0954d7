// place_guards: where guards go, which are left out, and what they must not pass.
#include "ir/passes/place_guards.h"

#include <gtest/gtest.h>

#include "tests/support/pass_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view header = R"(size N, M
input x: f32[N]
output y: f32[N, M]
)";

void expect_placed(std::string_view before, std::string_view after) {
  expect_pass("place_guards", header, before, after, {0, 1, 2, 3, 5});
}

TEST(PlaceGuards, MovesOutOfLoopsWhatDoesNotUseThem) {
  expect_placed(R"(  for i in 0:N + 2 {
    for j in 0:M + 3 {
      if i < N and j < M {
        y[i, j] = x[i]
      }
    }
  }
)",
                R"(  for i in 0:N + 2 {
    if i < N {
      for j in 0:M + 3 {
        if j < M {
          y[i, j] = x[i]
        }
      }
    }
  }
)");
}

TEST(PlaceGuards, MovesThroughSeveralLoopsAndDeclarations) {
  expect_placed(R"(  for i in 0:N {
    for j in 0:M {
      let a = x[i]
      if N > 2 {
        y[i, j] = a
      }
    }
  }
)",
                R"(  if N > 2 {
    for i in 0:N {
      for j in 0:M {
        let a = x[i]
        y[i, j] = a
      }
    }
  }
)");
}

TEST(PlaceGuards, KeepsWhatUsesADeclarationBehindIt) {
  const char* text = R"(  for i in 0:N {
    for j in 0:M {
      let a = x[i]
      if a > 0.0 {
        y[i, j] = a
      }
    }
  }
)";
  expect_placed(text, text);
}

TEST(PlaceGuards, MergesGuardsAroundAndBesideEachOther) {
  expect_placed(R"(  for i in 0:N + 2 {
    for j in 0:M + 2 {
      if j < M {
        if i < N {
          y[i, j] = 1.0
        }
      }
      if j < M and i < N {
        y[i, j] = y[i, j] + x[i]
      }
    }
  }
)",
                R"(  for i in 0:N + 2 {
    if i < N {
      for j in 0:M + 2 {
        if j < M {
          y[i, j] = 1.0
          y[i, j] = y[i, j] + x[i]
        }
      }
    }
  }
)");
}

TEST(PlaceGuards, LeavesOutWhatFollowsFromOthers) {
  expect_placed(R"(  for i in 0:N + 2 {
    if i + 1 < N {
      for j in 0:M {
        if i < N and j < M and i + 2 <= N and i + 2 < N {
          y[i, j] = x[i + 1]
        }
      }
    }
  }
)",
                R"(  for i in 0:N + 2 {
    if i + 1 < N and i + 2 < N {
      for j in 0:M {
        y[i, j] = x[i + 1]
      }
    }
  }
)");
}

TEST(PlaceGuards, StaysBesideStatementsThatRunWithoutIt) {
  const char* text = R"(  for i in 0:N {
    for j in 0:M {
      y[i, j] = 0.0
      if i > 1 {
        y[i, j] = x[i]
      }
    }
  }
)";
  expect_placed(text, text);
}

TEST(PlaceGuards, StaysBehindAnAssert) {
  const char* text = R"(  for i in 0:N {
    for j in 0:M {
      assert N < 9, "too many"
      if N > 1 {
        y[i, j] = x[i]
      }
    }
  }
)";
  expect_placed(text, text);
}

/// The inner condition reads inside of its buffer only where the outer one holds, and again after
/// the store.
TEST(PlaceGuards, StaysWhereItReadsMemory) {
  const char* text = R"(  for i in 0:N + 2 {
    for j in 0:M {
      if i < N {
        if x[i] > 0.0 {
          y[i, j] = x[i]
        }
      }
    }
  }
)";
  expect_placed(text, R"(  for i in 0:N + 2 {
    if i < N {
      for j in 0:M {
        if x[i] > 0.0 {
          y[i, j] = x[i]
        }
      }
    }
  }
)");
}

}  // namespace
}  // namespace tcc::ir

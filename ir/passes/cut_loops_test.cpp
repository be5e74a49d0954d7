// cut_loops: which ranges are cut, at which iterations, and of which loops copies are made.
#include "ir/passes/cut_loops.h"

#include <gtest/gtest.h>

#include "ir/printer.h"
#include "tests/support/pass_text.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view header = R"(size N
input x: f32[N]
output y: f32[N]
)";

const std::vector<std::int64_t> sizes = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31};

void expect_cut(std::string_view before, std::string_view after) {
  expect_pass("cut_loops", header, before, after, sizes);
}

TEST(CutLoops, EndsALoopWhereItsGuardDoes) {
  expect_cut(R"(  for i in 0:N {
    if i < N - 3 and i * 2 > 3 {
      y[i] = x[i]
    }
  }
)",
             R"(  for i in 2:2 + (N - 5) {
    y[i] = x[i]
  }
)");
}

TEST(CutLoops, NarrowsParallelLoopsToo) {
  expect_cut(R"(  parallel for i in 0:N + 5 {
    if 0 < N - i {
      y[i] = x[i]
    }
  }
)",
             R"(  parallel for i in 0:N {
    y[i] = x[i]
  }
)");
}

TEST(CutLoops, CutsAStencilInThree) {
  expect_cut(R"(  for i in 0:N {
    y[i] = select(i > 0, (x[i - 1] if i > 0), 0.0) + select(i < N - 1, (x[i + 1] if i < N - 1), 0.0)
  }
)",
             R"(  let i.from = minimum(1, N)
  let i.to = maximum(N - 1, i.from)
  if 0 < i.from {
    y[0] = select(0 > 0, (x[0 - 1] if 0 > 0), 0.0) + select(0 < N - 1, (x[0 + 1] if 0 < N - 1), 0.0)
  }
  for i in i.from:i.to {
    y[i] = x[i - 1] + x[i + 1]
  }
  if i.to < N {
    y[N - 1] = select(N - 1 > 0, (x[N - 1 - 1] if N - 1 > 0), 0.0) + select(N - 1 < N - 1, (x[N - 1 + 1] if N - 1 < N - 1), 0.0)
  }
)");
}

TEST(CutLoops, TakesConditionsOfLanesAtTheirStrictest) {
  const std::string_view before = R"(kernel y {
  for o in 0:(N + 3) // 4 {
    vector for i in 0:4 {
      if o * 4 + i < N {
        y[o * 4 + i] = select(o * 4 + i > 1, (x[o * 4 + i - 2] if o * 4 + i > 1), 1.0)
      }
    }
  }
}
)";
  const LoopProgram plain = program_from(std::string(header) + std::string(before));
  const LoopProgram cut = after_pass("cut_loops", plain);
  const std::string text = print(cut);
  EXPECT_NE(text.find("let o.from = minimum(1, (N + 3) // 4)"), std::string::npos) << text;
  EXPECT_NE(text.find("y[o * 4 + i] = x[o * 4 + i - 2]"), std::string::npos) << text;
  expect_same_results(plain, cut, sizes);
}

TEST(CutLoops, LeavesAMaskOfLanesAlone) {
  const char* text = R"(  for o in 0:(N + 3) // 4 {
    vector for i in 0:4 {
      if o * 4 + i < N {
        y[o * 4 + i] = x[o * 4 + i]
      }
    }
  }
)";
  expect_cut(text, text);
}

/// Lanes of a vector loop run the same iterations of a loop inside it.
TEST(CutLoops, LeavesConditionsThatDifferBetweenLanes) {
  const char* text = R"(  vector for i in 0:4 {
    for o in 0:(N + 3) // 4 {
      if o * 4 + i < N {
        y[o * 4 + i] = select(o > i, x[o * 4 + i], 1.0)
      }
    }
  }
)";
  expect_cut(text, text);
}

TEST(CutLoops, LeavesConditionsOnValues) {
  const char* text = R"(  for i in 0:N {
    y[i] = select(x[i] > 0.0, x[i], 0.0)
  }
)";
  expect_cut(text, text);
}

/// Of a body of 256 nodes, and of 512 nodes in a program, copies are made.
TEST(CutLoops, MakesNoCopiesOfLongBodies) {
  const auto copies = [](int terms, int loops) {
    std::string sum = "select(i > 0, (x[i - 1] if i > 0), 0.0)";
    for (int term = 0; term < terms; ++term)
      sum += " + x[i]";
    std::string text = std::string(header) + "kernel y {\n";
    for (int loop = 0; loop < loops; ++loop)
      text += "  for i in 0:N {\n    y[i] = " + sum + "\n  }\n";
    const std::string after = print(after_pass("cut_loops", program_from(text + "}\n")));
    int count = 0;
    for (auto at = after.find("y["); at != std::string::npos; at = after.find("y[", at + 1))
      ++count;
    return count - loops;
  };
  EXPECT_EQ(copies(0, 1), 1);
  EXPECT_EQ(copies(40, 1), 1);
  EXPECT_EQ(copies(100, 1), 0);
  EXPECT_LT(copies(40, 50), 5);
  EXPECT_GT(copies(40, 50), 1);
}

}  // namespace
}  // namespace tcc::ir

// hoist_allocations: out of which loops memory moves.
#include "ir/passes/hoist_allocations.h"

#include <gtest/gtest.h>

#include "tests/support/pass_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view header = R"(size N, M
input x: f32[N, M]
output y: f32[N, M]
)";

void expect_hoisted(std::string_view before, std::string_view after) {
  expect_pass("hoist_allocations", header, before, after, {0, 1, 2, 5});
}

TEST(HoistAllocations, MovesOutOfLoopsAndGuards) {
  expect_hoisted(R"(  for i in 0:N {
    for j in 0:M {
      if j < 3 {
        allocate T: f32[M] in heap
        for k in 0:M of T {
          T[k] = x[i, k]
        }
        y[i, j] = T[j]
      }
    }
  }
)",
                 R"(  allocate T: f32[M] in heap
  for i in 0:N {
    for j in 0:M {
      if j < 3 {
        for k in 0:M of T {
          T[k] = x[i, k]
        }
        y[i, j] = T[j]
      }
    }
  }
)");
}

TEST(HoistAllocations, StaysInAParallelLoop) {
  expect_hoisted(R"(  for o in 0:1 {
    parallel for i in 0:N {
      for j in 0:M {
        allocate T: f32[1] in heap
        T[0] = x[i, j]
        y[i, j] = T[0]
      }
    }
  }
)",
                 R"(  for o in 0:1 {
    parallel for i in 0:N {
      allocate T: f32[1] in heap
      for j in 0:M {
        T[0] = x[i, j]
        y[i, j] = T[0]
      }
    }
  }
)");
}

TEST(HoistAllocations, GivesMemoryBackBehindItsLoop) {
  expect_hoisted(R"(  for i in 0:N {
    allocate T: f32[M] in heap
    for j in 0:M of T {
      T[j] = x[i, j]
      y[i, j] = T[j]
    }
  }
  for i in 0:N {
    if M > 0 {
      allocate U: f32[M] in heap
      U[0] = x[i, 0]
      y[i, 0] = U[0] + y[i, M - 1]
    }
  }
)",
                 R"(  {
    allocate T: f32[M] in heap
    for i in 0:N {
      for j in 0:M of T {
        T[j] = x[i, j]
        y[i, j] = T[j]
      }
    }
  }
  {
    allocate U: f32[M] in heap
    for i in 0:N {
      if M > 0 {
        U[0] = x[i, 0]
        y[i, 0] = U[0] + y[i, M - 1]
      }
    }
  }
)");
}

TEST(HoistAllocations, LeavesTheStack) {
  const char* text = R"(  for i in 0:N {
    for j in 0:M {
      allocate T: f32[2] in stack
      T[1] = x[i, j]
      y[i, j] = T[1]
    }
  }
)";
  expect_hoisted(text, text);
}

}  // namespace
}  // namespace tcc::ir

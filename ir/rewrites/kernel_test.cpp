// kernel: a kernel of its own, or several nests in one.
#include <gtest/gtest.h>

#include "ir/printer.h"
#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view three = R"(size N
input A: f32[N]
output C: f32[N]
temporary T: f32[N]
temporary U: f32[N]

kernel T {
  for i in 0:N {
    T[i] = A[i] * 2.0
  }
}

kernel U {
  for i in 0:N {
    U[i] = T[i] + 1.0
  }
}

kernel C {
  for i in 0:N {
    C[i] = T[i] * U[i]
  }
}
)";

constexpr std::string_view read_later = R"(size N
input A: f32[N]
output C: f32[N]
output D: f32[N]
temporary T: f32[N]

kernel T {
  for i in 0:N {
    T[i] = A[i] * 2.0
  }
}

kernel C {
  for i in 0:N {
    C[i] = T[i] + 1.0
  }
}

kernel D {
  for i in 0:N {
    D[i] = T[i] * C[i]
  }
}
)";

TEST(Kernel, PutsNestsBeforeTheLast) {
  EXPECT_EQ(scheduled_text(three, "schedule C { kernel(U, T); a, b = split(i, 4) }"),
            R"(kernel C {
  for i in 0:N of T {
    T[i] = A[i] * 2.0
  }
  for i in 0:N of U {
    U[i] = T[i] + 1.0
  }
  for a in 0:(N + 3) // 4 {
    for b in 0:4 {
      if a * 4 + b < N {  # false at N = 1, a = 0, b = 1
        C[a * 4 + b] = T[a * 4 + b] * U[a * 4 + b]
      }
    }
  }
}
)");
}

class KernelKeepsEveryBit : public testing::TestWithParam<std::string_view> {};

TEST_P(KernelKeepsEveryBit, AtAwkwardSizes) {
  expect_same_results(program_from(three), scheduled(three, GetParam()),
                      {0, 1, 2, 3, 7, 8, 9, 31, 33});
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, KernelKeepsEveryBit,
    testing::Values("schedule C { kernel }", "schedule C { kernel(U) }",
                    "schedule C { kernel(T, U) }", "schedule U { kernel(T) }",
                    "schedule U { kernel(T) }\nschedule T { a, b = split(i, 4); vectorize(b) }",
                    "schedule U { inline(T) }\nschedule C { inline(U) }"));

TEST(Kernel, ABufferThatMovedIsReadByLaterKernels) {
  const LoopProgram nest =
      scheduled(read_later, "schedule C { kernel(T) }\nschedule D { a, b = split(i, 4) }");
  expect_same_results(program_from(read_later), nest, {0, 1, 5});
}

struct Refused {
  std::string_view schedule;
  std::string_view message;
};

class KernelRefused : public testing::TestWithParam<Refused> {};

TEST_P(KernelRefused, WithTheReason) {
  EXPECT_EQ(refusal_of(three, GetParam().schedule), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rewrites, KernelRefused,
    testing::Values(
        Refused{"schedule C { kernel(A) }", "kernel(A): 'A' is an input"},
        Refused{"schedule C { kernel(C) }", "kernel(C): this block is the schedule of 'C' itself"},
        Refused{"schedule C { kernel(T, T) }", "kernel(T, T): 'T' is named twice"},
        Refused{"schedule T { kernel(C) }", "kernel(C): 'C' is computed after 'T'"},
        Refused{"schedule C { kernel(T) }",
                "kernel(T): kernel 'U' stands between 'T' and 'C', and both it and 'T' access "
                "'T'"},
        Refused{"schedule C { kernel(U); kernel(U) }",
                "kernel(U): 'U' has no kernel of its own any more"},
        Refused{"schedule C { inline(U) }\nschedule U { kernel }",
                "kernel(): 'U' has no kernel of its own any more"}));

}  // namespace
}  // namespace tcc::ir

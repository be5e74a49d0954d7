// Which loops carry what from one iteration to the next.
#include <gtest/gtest.h>

#include "tests/support/schedule_text.h"

namespace tcc::ir {
namespace {

/// Two heads advance as a merge of sorted halves goes on.
constexpr std::string_view merge = R"(size N
input A: i64[N]
output C: i64[N]

kernel C {
  allocate head: i64[1] in stack
  head[0] = 0
  for to in 0:N {
    let left = head[0]
    C[to] = left
    head[0] = left + A[to]
  }
}
)";

TEST(Loops, CarryWhatALetReadsBack) {
  EXPECT_EQ(refusal_of(merge, "schedule C { a, b = split(to, 4); vectorize(b) }"),
            "vectorize(b): iterations of loop 'b' depend on each other: one may load 'head[0]', "
            "which another stores to 'head[0]'");
  EXPECT_EQ(refusal_of(merge, "schedule C { a, b = split(to, 4); reorder(b, a) }"),
            "reorder(b, a): this changes the order of steps, each of which needs the one before");
}

}  // namespace
}  // namespace tcc::ir

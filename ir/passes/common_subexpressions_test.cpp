// common_subexpressions: which values get a variable, and where a store or a block is between.
#include "ir/passes/common_subexpressions.h"

#include <gtest/gtest.h>

#include "tests/support/pass_text.h"

namespace tcc::ir {
namespace {

constexpr std::string_view header = R"(size N
input x: f32[N]
output y: f32[N]
output z: f32[N]
)";

void expect_shared(std::string_view before, std::string_view after) {
  expect_pass("common_subexpressions", header, before, after, {0, 1, 2, 5});
}

TEST(CommonSubexpressions, BindsWhatTwoStatementsCompute) {
  expect_shared(R"(  for i in 0:N {
    y[i] = exp(x[i] + 1.0)
    z[i] = exp(x[i] + 1.0) * 2.0 + x[i]
  }
)",
                R"(  for i in 0:N {
    let t = exp(x[i] + 1.0)
    y[i] = t
    z[i] = t * 2.0 + x[i]
  }
)");
}

TEST(CommonSubexpressions, BindsPartsBeforeWholes) {
  expect_shared(R"(  for i in 0:N {
    y[i] = exp(x[i] * x[i]) / (x[i] * x[i])
    z[i] = exp(x[i] * x[i])
  }
)",
                R"(  for i in 0:N {
    let t = x[i] * x[i]
    let y.t = exp(t)
    y[i] = y.t / t
    z[i] = y.t
  }
)");
}

TEST(CommonSubexpressions, UsesLetsThatAreThere) {
  expect_shared(R"(  for i in 0:N {
    let a = exp(x[i])
    let b = exp(x[i])
    y[i] = a + b
    z[i] = exp(x[i]) * b
  }
)",
                R"(  for i in 0:N {
    let a = exp(x[i])
    y[i] = a + a
    z[i] = a * a
  }
)");
}

TEST(CommonSubexpressions, KnowsOuterBlocksAndNoSiblings) {
  expect_shared(R"(  for i in 0:N {
    y[i] = exp(x[i])
    if i > 1 {
      z[i] = exp(x[i]) + log(x[i])
    }
    if i < 2 {
      z[i] = log(x[i])
    }
  }
)",
                R"(  for i in 0:N {
    let t = exp(x[i])
    y[i] = t
    if i > 1 {
      z[i] = t + log(x[i])
    }
    if i < 2 {
      z[i] = log(x[i])
    }
  }
)");
}

TEST(CommonSubexpressions, ReadsAgainWhatWasStored) {
  const char* text = R"(  for i in 0:N {
    y[i] = x[i]
    z[i] = exp(y[i])
    y[i] = z[i] + 1.0
    z[i] = exp(y[i])
  }
)";
  expect_shared(text, text);
}

TEST(CommonSubexpressions, ReadsAgainInEachIteration) {
  const char* text = R"(  for i in 0:N {
    y[0] = x[i]
    z[i] = exp(y[0] * 0.5)
    for k in 0:3 {
      z[i] = z[i] + exp(y[0] * 0.5)
      y[0] = x[i] * 0.25
    }
  }
)";
  expect_shared(text, text);
}

TEST(CommonSubexpressions, LeavesIndexSumsAndLoads) {
  const char* text = R"(  for i in 0:N {
    y[i] = x[N - 1 - i]
    z[N - 1 - i] = x[N - 1 - i] * 2.0
  }
)";
  expect_shared(text, text);
}

TEST(CommonSubexpressions, TellsNumbersAndTypesApart) {
  const char* text = R"(  for i in 0:N {
    y[i] = exp(x[i] * 2.0) + f32(exp(f64(x[i])))
    z[i] = exp(x[i] * -0.0) + exp(x[i] * 0.0)
  }
)";
  expect_shared(text, text);
}

}  // namespace
}  // namespace tcc::ir

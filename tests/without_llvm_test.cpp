// A build without LLVM: it checks and shows programs, and says what it lacks where they are run.
#include <gtest/gtest.h>

#include "tests/support/run_tcc.h"

namespace tcc::tests {
namespace {

TEST(WithoutLlvm, ChecksAndShowsPrograms) {
  EXPECT_EQ(run_tcc({"check", "-e", "y = x * x"}).code, 1);  // x is not bound
  EXPECT_EQ(run_tcc({"check", "-e", "input x: f32[3]; y = x * x"}).code, 0);
  const ProcessResult shown =
      run_tcc({"emit", "-e", "input x: f32[N]; y = x * x", "--stage", "scheduled"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_NE(shown.out.find("kernel y"), std::string::npos);
}

TEST(WithoutLlvm, SaysThatItCannotRun) {
  const ProcessResult run = run_tcc({"run", "-e", "input x: f32[3]; y = x", "--random", "1"});
  EXPECT_EQ(run.code, 3);
  EXPECT_NE(run.err.find("without LLVM"), std::string::npos) << run.err;
  EXPECT_NE(run_tcc({"doctor"}).out.find("LLVM"), std::string::npos);
}

}  // namespace
}  // namespace tcc::tests

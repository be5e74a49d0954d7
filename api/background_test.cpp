// Jobs in the background, and what becomes of them when a process ends.
#include "api/background.h"

#include <tcc/tcc.h>

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/run_tcc.h"

namespace tcc {
namespace {

TEST(Background, DoesAllJobs) {
  std::atomic<int> done = 0;
  for (int j = 0; j < 100; ++j) {
    BackgroundJob job([&done] { ++done; });
    in_background(job);
    in_background(job);  // empty by now
  }
  wait_for_background();
  EXPECT_EQ(done, 100);
}

TEST(Background, GoesOnAfterAJobThatThrows) {
  std::atomic<bool> done = false;
  BackgroundJob first([] { throw std::bad_alloc(); });
  BackgroundJob second([&done] { done = true; });
  in_background(first);
  in_background(second);
  wait_for_background();
  EXPECT_TRUE(done);
}

TEST(Background, AChildHasAThreadOfItsOwn) {
  BackgroundJob warm([] {});
  in_background(warm);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    std::atomic<bool> done = false;
    BackgroundJob job([&done] { done = true; });
    in_background(job);
    wait_for_background();
    ::_exit(done ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

/// A program from the cache is first lowered in the background: what that makes must outlive it.
TEST(Background, AProcessMayEndWhileItCompiles) {
  const tests::TemporaryFolder folder;
  const std::vector<std::string> command = {
      "run",      "-e",      "input A: f32[M, K], B: f32[K, N]; C = relu(A @ B)",
      "--set",    "M=20",    "--set",
      "K=20",     "--set",   "N=20",
      "--random", "1",       "--repeat",
      "20",       "--cache", folder / "cache"};
  for (int run = 0; run < 12; ++run)
    EXPECT_EQ(tests::run_tcc(command).code, 0) << run;
}

}  // namespace
}  // namespace tcc

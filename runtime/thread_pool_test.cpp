// Every piece once; no more threads than the rule allows; fork and the end of a process.
#include "runtime/thread_pool.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/float_mode.h"
#include "tests/support/caller_float_mode.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// A child that starts threads is what is tested.
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }
#endif
#endif

namespace tcc {
namespace {

using namespace std::chrono_literals;

/// Counts what each piece and each thread does.
struct Counted {
  explicit Counted(std::int64_t count, std::chrono::microseconds each = 0us)
      : times(static_cast<std::size_t>(count)), pause(each) {}

  std::vector<std::atomic<int>> times;
  std::chrono::microseconds pause;
  std::array<std::atomic<bool>, max_threads> busy{};
  std::atomic<int> helped{0}, overlaps{0}, highest{0};
  std::int64_t stop_at = -1;

  static bool work(void* context, int thread, std::int64_t begin, std::int64_t end) {
    Counted& self = *static_cast<Counted*>(context);
    if (self.busy[static_cast<std::size_t>(thread)].exchange(true)) ++self.overlaps;
    for (int seen = self.highest;
         seen < thread && !self.highest.compare_exchange_weak(seen, thread);) {
    }
    if (thread != 0) ++self.helped;
    bool go_on = true;
    for (std::int64_t p = begin; p < end; ++p) {
      ++self.times[static_cast<std::size_t>(p)];
      go_on &= p != self.stop_at;
      if (self.pause > 0us) std::this_thread::sleep_for(self.pause);
    }
    self.busy[static_cast<std::size_t>(thread)] = false;
    return go_on;
  }

  void run(ThreadPool& pool, int threads) {
    pool.run(static_cast<std::int64_t>(times.size()), threads, work, this);
  }
  bool each_was_done_once() const {
    return std::all_of(times.begin(), times.end(), [](const auto& count) { return count == 1; });
  }
};

TEST(ThreadPool, EveryPieceIsDoneOnce) {
  ThreadPool pool(4);
  for (const int threads : {1, 2, 3, 8, 100}) {
    for (const std::int64_t count : {0, 1, 2, 3, 31, 1000, 100'000}) {
      Counted counted(count);
      counted.run(pool, threads);
      EXPECT_TRUE(counted.each_was_done_once()) << count << " on " << threads;
      EXPECT_EQ(counted.overlaps, 0);
      EXPECT_LT(counted.highest, threads);
    }
  }
  EXPECT_LE(pool.workers(), 99);
}

TEST(ThreadPool, WorkersHelp) {
  ThreadPool pool(2);
  int helped = 0;
  for (int attempt = 0; attempt < 50 && helped == 0; ++attempt) {
    Counted counted(40, 1ms);
    counted.run(pool, 3);
    EXPECT_TRUE(counted.each_was_done_once());
    helped = counted.helped;
  }
  EXPECT_GT(helped, 0);
  EXPECT_EQ(pool.workers(), 2);
}

TEST(ThreadPool, NobodyIsWokenForNothing) {
  ThreadPool pool(4);
  for (const auto& [count, threads] : {std::pair{1, 8}, {5, 1}, {0, 8}, {5, 0}, {5, -3}}) {
    Counted counted(count);
    counted.run(pool, threads);
    EXPECT_TRUE(counted.each_was_done_once());
    EXPECT_EQ(counted.helped, 0);
  }
  EXPECT_EQ(pool.workers(), 0);
  Counted two(2);
  two.run(pool, 8);
  EXPECT_LE(pool.workers(), 1);
}

TEST(ThreadPool, WhatStandsBeforeAStopIsDone) {
  ThreadPool pool(4);
  for (const std::int64_t stop : {0, 1, 17, 99}) {
    Counted counted(100, 10us);
    counted.stop_at = stop;
    counted.run(pool, 3);
    for (std::int64_t p = 0; p <= stop; ++p)
      EXPECT_EQ(counted.times[static_cast<std::size_t>(p)], 1);
  }
  Counted counted(1'000'000);
  counted.stop_at = 0;
  counted.run(pool, 2);
  EXPECT_FALSE(counted.each_was_done_once());
}

/// Callers at once, each of which asks for `threads` for a long time; the most threads inside
/// pieces once all callers are there, and each worker has had the time to leave.
int most_at_once(ThreadPool& pool, int callers, int threads) {
  struct Shared {
    int callers;
    std::atomic<int> now{0}, most{0}, came{0}, pieces_since{0};
  } shared{callers};
  const auto work = [](void* context, int thread, std::int64_t begin, std::int64_t) {
    auto& all = *static_cast<Shared*>(context);
    if (thread == 0 && begin == 0) ++all.came;
    const int now = ++all.now;
    const bool settled = all.came == all.callers && ++all.pieces_since > 60;
    for (int seen = all.most;
         settled && seen < now && !all.most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(500us);
    --all.now;
    return all.pieces_since < 200;
  };
  std::vector<std::thread> all;
  for (int c = 0; c < callers; ++c)
    all.emplace_back([&] { pool.run(1'000, threads, work, &shared); });
  for (std::thread& caller : all)
    caller.join();
  return shared.most;
}

TEST(ThreadPool, ConcurrentRunsShareTheWorkers) {
  struct Case {
    int cores, callers, threads, most, workers;
  };
  for (const Case& each : {Case{4, 1, 3, 3, 2}, Case{4, 2, 4, 4, 3}, Case{2, 3, 4, 4, 3},
                           Case{2, 12, 4, 12, 3}, Case{8, 3, 2, 4, 1}}) {
    ThreadPool pool(each.cores);
    // A worker that the system does not let run cannot leave.
    int most = most_at_once(pool, each.callers, each.threads);
    for (int attempt = 0; attempt < 9 && most > each.most; ++attempt)
      most = most_at_once(pool, each.callers, each.threads);
    EXPECT_LE(most, each.most) << each.callers << " callers of " << each.threads;
    EXPECT_GE(most, 1);
    EXPECT_LE(pool.workers(), each.workers);
    EXPECT_EQ(pool.active(), 0);
  }
}

TEST(ThreadPool, GoesOnAloneWhenClosed) {
  ThreadPool pool(4);
  Counted before(50, 50us);
  before.run(pool, 4);
  pool.close();
  EXPECT_EQ(pool.workers(), 0);
  Counted after(50);
  after.run(pool, 4);
  EXPECT_TRUE(after.each_was_done_once());
  EXPECT_EQ(after.helped, 0);
}

/// A worker is started by a thread whose mode of floats is not its own.
TEST(ThreadPool, WorkersHaveTheDefaultFloatMode) {
  ThreadPool pool(4);
  std::atomic<int> wrong{0};
  const CallerFloatMode odd;
  pool.run(
      20, 4,
      [](void* context, int thread, std::int64_t, std::int64_t) {
        const bool rounds_up = std::fegetround() != FE_TONEAREST;
        if (thread != 0 && rounds_up) ++*static_cast<std::atomic<int>*>(context);
        std::this_thread::sleep_for(1ms);
        return true;
      },
      &wrong);
  EXPECT_EQ(wrong, 0);
}

int exit_code_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A child of a process whose other threads are inside runs.
TEST(ThreadPool, ForkInTheMiddleOfRuns) {
  ThreadPool& pool = ThreadPool::of_process();
  std::atomic<bool> over{false};
  std::vector<std::thread> others;
  for (int t = 0; t < 2; ++t) {
    others.emplace_back([&] {
      while (!over) {
        Counted counted(64, 20us);
        counted.run(pool, 3);
      }
    });
  }
  for (int fork_number = 0; fork_number < 20; ++fork_number) {
    std::this_thread::sleep_for(1ms);
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      // 1: pieces are wrong, 2: too many workers, 3: none has helped in a long time.
      for (int attempt = 0; attempt < 200; ++attempt) {
        Counted counted(64, 100us);
        counted.run(pool, 3);
        if (!counted.each_was_done_once()) _exit(1);
        if (pool.workers() > 2) _exit(2);
        if (counted.helped > 0) _exit(0);
      }
      _exit(3);
    }
    EXPECT_EQ(exit_code_of(child), 0);
  }
  over = true;
  for (std::thread& other : others)
    other.join();
}

using ThreadPoolDeathTest = testing::Test;

/// Ends the process while workers sleep, and one while they work.
[[noreturn]] void end_process(bool while_running) {
  alarm(60);
  ThreadPool& pool = ThreadPool::of_process();
  Counted first(64, 50us);
  first.run(pool, 4);
  if (while_running) {
    std::thread([&pool] {
      for (;;) {
        auto* counted = new Counted(1000, 50us);  // outlives the process
        counted->run(pool, 4);
      }
    }).detach();
    std::this_thread::sleep_for(10ms);
  }
  std::exit(7);
}

TEST(ThreadPoolDeathTest, ProcessEndsWithIdleWorkers) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(end_process(false), testing::ExitedWithCode(7), "");
}

TEST(ThreadPoolDeathTest, ProcessEndsWhileWorkersWork) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(end_process(true), testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace tcc

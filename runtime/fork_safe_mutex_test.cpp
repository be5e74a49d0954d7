// A child of fork() can take mutexes that threads of its parent were holding.
#include "runtime/fork_safe_mutex.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace tcc {
namespace {

TEST(ForkSafeMutex, IsFreeInAChild) {
  ForkSafeMutex first, second;
  std::atomic<bool> ends = false;
  std::vector<std::thread> holders;
  for (ForkSafeMutex* mutex : {&first, &second}) {
    holders.emplace_back([&ends, mutex] {
      while (!ends) {
        const std::lock_guard lock(*mutex);
        const ForkSafeMutex made_while_one_is_held;
      }
    });
  }
  for (int fork = 0; fork < 100; ++fork) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(10);  // a child that waits for ever is ended
      first.lock();
      second.lock();
      ::_exit(0);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0) << "child " << fork;
  }
  ends = true;
  for (std::thread& holder : holders)
    holder.join();
}

}  // namespace
}  // namespace tcc

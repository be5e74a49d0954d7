// A mutex that a child of fork() finds free.
#pragma once

#include <mutex>

namespace tcc {

/// Another thread may hold a mutex at the moment of a fork(): in the child, which does not have
/// that thread, it would stay locked for ever. All of these are taken before a fork and let go
/// after it: it waits for all of them to be free at once. For short sections.
class ForkSafeMutex {
 public:
  ForkSafeMutex();
  ~ForkSafeMutex();
  ForkSafeMutex(const ForkSafeMutex&) = delete;
  ForkSafeMutex& operator=(const ForkSafeMutex&) = delete;

  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }
  bool try_lock() { return mutex_.try_lock(); }

 private:
  friend class ForkSafeMutexes;

  std::mutex mutex_;
  ForkSafeMutex* next_ = nullptr;
  ForkSafeMutex* previous_ = nullptr;
};

}  // namespace tcc

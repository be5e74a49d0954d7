// All fork-safe mutexes of the process, in a list.
#include "runtime/fork_safe_mutex.h"

#include <thread>

#include <pthread.h>

namespace tcc {

/// Made before the first of them, and never destroyed: they may be static objects.
class ForkSafeMutexes {
 public:
  static ForkSafeMutexes& all() {
    static ForkSafeMutexes& only = *new ForkSafeMutexes;
    return only;
  }

  void add(ForkSafeMutex& mutex) {
    const std::lock_guard lock(list_);
    mutex.next_ = first_;
    if (first_) first_->previous_ = &mutex;
    first_ = &mutex;
  }

  void remove(ForkSafeMutex& mutex) {
    const std::lock_guard lock(list_);
    (mutex.previous_ ? mutex.previous_->next_ : first_) = mutex.next_;
    if (mutex.next_) mutex.next_->previous_ = mutex.previous_;
  }

 private:
  ForkSafeMutexes() {
    ::pthread_atfork([] { all().lock_all(); }, [] { all().unlock_all(); },
                     [] { all().unlock_all(); });
  }

  /// Without waiting for one while others are held: whoever holds it may be in need of the list.
  void lock_all() {
    for (;;) {
      list_.lock();
      ForkSafeMutex* stuck = first_;
      while (stuck && stuck->try_lock())
        stuck = stuck->next_;
      if (!stuck) return;
      for (ForkSafeMutex* mutex = first_; mutex != stuck; mutex = mutex->next_)
        mutex->unlock();
      list_.unlock();
      std::this_thread::yield();
    }
  }

  void unlock_all() {
    for (ForkSafeMutex* mutex = first_; mutex; mutex = mutex->next_)
      mutex->unlock();
    list_.unlock();
  }

  std::mutex list_;
  ForkSafeMutex* first_ = nullptr;
};

ForkSafeMutex::ForkSafeMutex() { ForkSafeMutexes::all().add(*this); }
ForkSafeMutex::~ForkSafeMutex() { ForkSafeMutexes::all().remove(*this); }

}  // namespace tcc

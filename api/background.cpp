// Work that nobody waits for.
#include "api/background.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include <unistd.h>

namespace tcc {

namespace {

class Worker {
 public:
  Worker() : thread_([this] { work(); }) {}

  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      ends_ = true;
      jobs_.clear();
    }
    changed_.notify_all();
    thread_.join();
  }

  void post(std::list<std::function<void()>>& job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.splice(jobs_.end(), job);
    }
    changed_.notify_all();
  }

  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return jobs_.empty() && !is_busy_; });
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ends_ || !jobs_.empty(); });
      if (ends_) return;
      {
        const std::function<void()> job = std::move(jobs_.front());
        jobs_.pop_front();
        is_busy_ = true;
        lock.unlock();
        job();
      }  // what the job holds is let go of here
      lock.lock();
      is_busy_ = false;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<std::function<void()>> jobs_;
  bool is_busy_ = false;
  bool ends_ = false;
  std::thread thread_;
};

/// The worker of one process. A child of fork() has a copy of it without its thread, and perhaps
/// locked: it is left as it is, and another one takes its place.
struct Owned {
  pid_t process;
  Worker worker;
};

class Place {
 public:
  ~Place() {
    Owned* owned = owned_.load();
    if (owned && owned->process == ::getpid()) delete owned;
  }

  /// Null where this process has given no job yet.
  Worker* existing() const {
    Owned* owned = owned_.load(std::memory_order_acquire);
    return owned && owned->process == ::getpid() ? &owned->worker : nullptr;
  }

  Worker& worker() {
    if (Worker* worker = existing()) return *worker;
    Owned* before = owned_.load();
    auto owned = std::unique_ptr<Owned>(new Owned{::getpid(), {}});
    if (owned_.compare_exchange_strong(before, owned.get())) return owned.release()->worker;
    return *existing();  // another thread was faster
  }

 private:
  std::atomic<Owned*> owned_ = nullptr;
};

Place& place() {
  static Place only;
  return only;
}

}  // namespace

BackgroundJob::BackgroundJob(std::function<void()> work) {
  work_.push_back(std::move(work));
  place().worker();  // starts it
}

void in_background(BackgroundJob& job) { place().worker().post(job.work_); }

void wait_for_background() {
  if (Worker* worker = place().existing()) worker->wait();
}

}  // namespace tcc

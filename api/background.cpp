// Work that nobody waits for.
#include "api/background.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <list>
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
        try {
          job();
        } catch (...) {  // without memory: what it would have made is not there
        }
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

/// Has no destructor: objects that are destroyed after everything else may still run programs.
class Place {
 public:
  /// Null where this process has given no job yet, and when it ends.
  Worker* existing() const {
    Owned* owned = owned_.load(std::memory_order_acquire);
    return owned && owned->process == ::getpid() ? &owned->worker : nullptr;
  }

  /// Starts it where there is none. Null where no thread can be had, or the process ends.
  Worker* worker() {
    if (Worker* worker = existing()) return worker;
    if (has_ended_.load()) return nullptr;
    Owned* before = owned_.load();
    std::unique_ptr<Owned> owned;
    try {
      owned.reset(new Owned{::getpid(), {}});
    } catch (const std::exception&) {
      return nullptr;
    }
    if (owned_.compare_exchange_strong(before, owned.get())) return &owned.release()->worker;
    return existing();  // another thread was faster
  }

  void end() {
    has_ended_ = true;
    const bool is_own = existing() != nullptr;
    Owned* owned = owned_.exchange(nullptr);
    if (is_own) delete owned;
  }

 private:
  std::atomic<Owned*> owned_ = nullptr;
  std::atomic<bool> has_ended_ = false;
};

constinit Place place;

/// Ends the worker before anything that it uses is destroyed. Jobs make static objects (tables, and
/// LLVM's) that go before those made earlier, but what is local to a thread goes before all of
/// them: this one to the thread that loads the library, which is the one that leaves main.
struct EndOfMainThread {
  ~EndOfMainThread() { place.end(); }
};
thread_local EndOfMainThread end_of_main_thread;

/// For a process that is ended by another thread, and a library that is unloaded.
struct EndOfStatics {
  EndOfStatics() { static_cast<void>(&end_of_main_thread); }
  ~EndOfStatics() { place.end(); }
};
const EndOfStatics end_of_statics;

}  // namespace

BackgroundJob::BackgroundJob(std::function<void()> work) {
  if (place.worker()) work_.push_back(std::move(work));
}

void in_background(BackgroundJob& job) {
  if (Worker* worker = place.existing()) worker->post(job.work_);
}

void wait_for_background() {
  if (Worker* worker = place.existing()) worker->wait();
}

}  // namespace tcc

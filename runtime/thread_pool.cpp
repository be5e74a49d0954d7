// A pool of workers, each of which waits for a run at a place of its own.
//
// A caller takes idle workers from a list, names them its run, and works itself. When no pieces are
// left it takes back those that have not begun by then, and waits for the others: nobody waits for
// a thread that is still waking up.
#include "runtime/thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "runtime/float_mode.h"

namespace tcc {

namespace {

/// Tells the core that this thread is spinning.
void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");
#endif
}

constexpr int spins = 200;  // some microseconds: what lies between two loops of a program

/// Waits for a change from `value`, at first without giving the core away.
void wait_while(const std::atomic<int>& state, int value, bool may_spin) {
  for (int spin = 0; may_spin && spin < spins; ++spin) {
    if (state.load(std::memory_order_acquire) != value) return;
    relax();
  }
  state.wait(value, std::memory_order_acquire);
}

/// Signals are for the threads of the program that the library is a part of.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const bool known = sched_getaffinity(0, sizeof set, &set) == 0;
  const int cores = known ? CPU_COUNT(&set) : static_cast<int>(std::thread::hardware_concurrency());
  return std::max(cores, 1);
}

struct ThreadPool::Run {
  Work work;
  void* context;
  std::int64_t count;
  std::int64_t range;  ///< pieces that are handed out at once
  int most_active;     ///< of which its helpers are a part
  std::atomic<std::int64_t> next{0};

  /// Does the next range; false where there is none.
  bool go_on(int thread) {
    const std::int64_t begin = next.fetch_add(range, std::memory_order_relaxed);
    if (begin >= count) return false;
    if (!work(context, thread, begin, std::min(begin + range, count)))
      next.store(count, std::memory_order_relaxed);
    return true;
  }
};

struct ThreadPool::Worker {
  enum State : int { idle, invited, working, leaving };
  std::atomic<int> state{idle};
  Run* run = nullptr;  ///< written by the caller before it invites
  int number = 0;      ///< among the threads of that run
  bool may_spin = false;
  std::thread thread;
};

struct ThreadPool::State {
  std::mutex mutex;
  int cores = 1;
  std::atomic<int> active{0};  ///< threads inside runs
  bool closed = false;
  std::vector<Worker*> workers;
  std::size_t forgotten = 0;  ///< of these, the first that the parent of a fork() has
  std::vector<Worker*> idle;

  std::size_t living() const { return workers.size() - forgotten; }
};

ThreadPool& ThreadPool::of_process() {
  // Never destroyed: a thread may be inside a run when the process ends.
  static ThreadPool* const pool = [] {
    auto* made = new ThreadPool;
    pthread_atfork(lock_before_fork, unlock_in_parent, forget_workers_in_child);
    return made;
  }();
  static const struct Closer {
    ~Closer() { pool->close(); }
  } closer;
  return *pool;
}

ThreadPool::ThreadPool(int cores) : state_(new State) { state_->cores = cores; }

ThreadPool::~ThreadPool() {
  close();
  delete state_;
}

void ThreadPool::lock_before_fork() { of_process().state_->mutex.lock(); }

void ThreadPool::unlock_in_parent() { of_process().state_->mutex.unlock(); }

/// The child has the thread that forked alone, which is in no run.
void ThreadPool::forget_workers_in_child() {
  State& state = *of_process().state_;
  state.forgotten = state.workers.size();
  state.idle.clear();
  state.active = 0;
  state.mutex.unlock();
}

void ThreadPool::run(std::int64_t count, int threads, Work work, void* context) {
  if (count <= 0) return;
  threads = static_cast<int>(std::min<std::int64_t>({threads, max_threads, count}));
  if (threads <= 1) {
    work(context, 0, 0, count);
    return;
  }
  constexpr std::int64_t ranges_of_thread = 32;  // what the last one may be late by
  const std::int64_t range = std::max<std::int64_t>(count / (threads * ranges_of_thread), 1);
  Run run{work, context, count, range, std::max(threads, state_->cores)};
  Worker* engaged[max_threads];
  const int helpers = engage(run.most_active, threads - 1, engaged);
  for (int h = 0; h < helpers; ++h) {
    engaged[h]->run = &run;
    engaged[h]->number = h + 1;
    engaged[h]->state.store(Worker::invited, std::memory_order_release);
    engaged[h]->state.notify_one();
  }
  while (run.go_on(0)) {
  }
  dismiss(engaged, helpers);
}

/// Until no range is left, or the machine is full without this thread.
void ThreadPool::help(State& state, Run& run, int thread) {
  do {
    int active = state.active;
    while (active > run.most_active) {
      if (state.active.compare_exchange_weak(active, active - 1)) return;
    }
  } while (run.go_on(thread));
  --state.active;
}

int ThreadPool::engage(int most_active, int wanted, Worker** engaged) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  const int room = most_active - ++state.active;
  int count = 0;
  while (count < std::min(wanted, room)) {
    Worker* worker = nullptr;
    if (!state.idle.empty()) {
      worker = state.idle.back();
      state.idle.pop_back();
    } else if (!state.closed && state.living() < static_cast<std::size_t>(wanted)) {
      worker = start_worker(state);
    }
    if (!worker) break;
    engaged[count++] = worker;
  }
  state.active += count;
  return count;
}

/// Null where the system gives no thread: the run goes on with those that there are.
ThreadPool::Worker* ThreadPool::start_worker(State& state) {
  auto worker = std::make_unique<Worker>();
  worker->may_spin = state.cores > 1;
  try {
    state.workers.reserve(state.workers.size() + 1);
    state.idle.reserve(state.workers.size() + 1);  // so that dismiss() cannot fail
    const BlockedSignals blocked;
    worker->thread = std::thread(be_worker, std::ref(state), std::ref(*worker));
    pthread_setname_np(worker->thread.native_handle(), "tcc worker");
  } catch (const std::exception&) {
    return nullptr;
  }
  state.workers.push_back(worker.get());
  return worker.release();
}

void ThreadPool::be_worker(State& state, Worker& worker) {
  const DefaultFloatMode mode;
  for (;;) {
    wait_while(worker.state, Worker::idle, worker.may_spin);
    int found = Worker::invited;
    if (worker.state.compare_exchange_strong(found, Worker::working, std::memory_order_acquire)) {
      help(state, *worker.run, worker.number);
      worker.state.store(Worker::idle, std::memory_order_release);
      worker.state.notify_one();
    } else if (found == Worker::leaving) {
      return;
    }
  }
}

/// Ends a run: takes back the workers that have not begun, waits for the others.
void ThreadPool::dismiss(Worker** engaged, int count) {
  State& state = *state_;
  for (int e = 0; e < count; ++e) {
    std::atomic<int>& place = engaged[e]->state;
    int found = Worker::invited;
    if (place.compare_exchange_strong(found, Worker::idle, std::memory_order_acquire)) {
      --state.active;
      continue;
    }
    while (place.load(std::memory_order_acquire) == Worker::working)
      wait_while(place, Worker::working, engaged[e]->may_spin);
  }
  --state.active;
  const std::lock_guard lock(state.mutex);
  for (int e = count; e-- > 0;)
    state.idle.push_back(engaged[e]);
}

void ThreadPool::close() {
  State& state = *state_;
  std::vector<Worker*> ended;
  {
    const std::lock_guard lock(state.mutex);
    state.closed = true;
    ended.swap(state.idle);
    std::erase_if(state.workers, [&](Worker* worker) {
      return std::find(ended.begin(), ended.end(), worker) != ended.end();
    });
  }
  for (Worker* worker : ended) {
    worker->state.store(Worker::leaving, std::memory_order_release);
    worker->state.notify_one();
    worker->thread.join();
    delete worker;
  }
}

int ThreadPool::workers() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<int>(state_->living());
}

int ThreadPool::active() const { return state_->active; }

}  // namespace tcc

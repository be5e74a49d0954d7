// The threads that parallel loops are shared out over: one small pool for the process.
#pragma once

#include <cstdint>
#include <memory>

namespace tcc {

/// The cores that this process may run on (its affinity), at least 1.
int usable_cores();

/// More threads than this are never used by one run; of the command line, an error.
constexpr int max_threads = 256;

/// Shares out the pieces of a loop.
///
/// Workers are started when a run first wants them, stay, and sleep while there is nothing to do;
/// as many as the largest run asks for, less the caller, who takes part. One rule says who helps: a
/// run that asks for T threads takes idle workers while the threads inside runs, callers and
/// workers together, are fewer than max(T, cores); and where they become more, since another caller
/// has come, a worker leaves after the range that it is at. So the runs of several callers share
/// the workers, and a machine that its callers fill gets no more threads; a run that finds nobody
/// is done by its caller alone. Ranges of pieces are handed out by one counter, lowest first: no
/// result may depend on who gets which.
///
/// After fork() the child's pool has no workers, and starts its own. At the end of the process, or
/// where the library is unloaded, the workers that are idle are ended; one that is busy then, since
/// another thread is inside a run, is left to the end of the process. What has no pieces to share,
/// or asks for one thread, is done by the caller, and counted nowhere.
class ThreadPool {
 public:
  /// Does pieces `begin` to `end` - 1 and says whether to go on. `thread` is 0 for the caller, else
  /// a number below the threads of the run: no two threads of a run have the same. Must not throw.
  using Work = bool (*)(void* context, int thread, std::int64_t begin, std::int64_t end);

  /// The one of this process. Its workers end with it.
  static ThreadPool& of_process();

  explicit ThreadPool(int cores = usable_cores());
  ~ThreadPool();  ///< no run may be under way
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Returns when every piece below `count` is done; those behind one that said stop may be left
  /// out. To be called from any number of threads at once, not from a piece.
  void run(std::int64_t count, int threads, Work work, void* context);

  /// Ends the idle workers and starts no more; runs go on without.
  void close();

  int workers() const;  ///< that there are
  int active() const;   ///< threads inside runs

 private:
  struct Worker;
  struct Run;
  struct State;

  static void help(State& state, Run& run, int thread);
  static void be_worker(State& state, Worker& worker);
  /// Idle workers for a run, started where there are too few; at most as many as are wanted.
  int engage(int most_active, int wanted, Worker** engaged);
  void dismiss(Worker** engaged, int count);
  static Worker* start_worker(State& state);

  static void lock_before_fork();
  static void unlock_in_parent();
  static void forget_workers_in_child();

  State* state_;  // never freed where a worker may still look at it
};

}  // namespace tcc

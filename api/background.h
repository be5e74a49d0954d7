// Work that nobody waits for.
#pragma once

#include <functional>
#include <list>

namespace tcc {

/// A job that is ready to be given away, so that giving it away takes no memory; empty afterwards.
class BackgroundJob {
 public:
  BackgroundJob() = default;
  explicit BackgroundJob(std::function<void()> work);

 private:
  friend void in_background(BackgroundJob& job);
  std::list<std::function<void()>> work_;
};

/// Runs jobs one after the other on a thread of the process, which starts with the first one. What
/// waits when the process ends is dropped, what runs is waited for. A child of fork() has a thread
/// of its own, and none of its parent's jobs. Jobs must not throw.
void in_background(BackgroundJob& job);

/// Waits until all jobs that this process has given are done.
void wait_for_background();

}  // namespace tcc

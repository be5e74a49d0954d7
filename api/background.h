// Work that nobody waits for.
#pragma once

#include <functional>
#include <list>

namespace tcc {

/// A job that is ready to be given away, so that giving it away takes no memory; empty afterwards,
/// and from the start where no thread can be had for it.
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
/// of its own, and none of its parent's jobs. A job that throws is over.
void in_background(BackgroundJob& job);

/// Waits until there is no job left to do, those that are given in the meantime included.
void wait_for_background();

}  // namespace tcc

// What a library must offer to be compared. One file a library in peers/, none of which is needed:
// what is not on the machine is left out, and said.
#pragma once

#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/cpu/work.h"

namespace bench {

enum class Clock : std::uint8_t {
  wall,
  processor,  ///< of the calling thread, for one thread on a machine that others use as well
};

/// What all contenders of a series have in common.
struct Setting {
  int threads = 1;
  Clock clock = Clock::wall;
  int core = -1;  ///< that the measuring thread is pinned to; -1 where it is not
};

/// The tensors of a work, row-major; `result` is the contender's own to write.
struct Data {
  std::vector<void*> operands;
  void* result = nullptr;

  template <typename T> T* operand(std::size_t n) const { return static_cast<T*>(operands[n]); }
  template <typename T> T* output() const { return static_cast<T*>(result); }
};

/// One way of doing a work, ready to be timed.
struct Contender {
  std::string name;
  std::function<double(long calls)> seconds;  ///< does the work that often; what that took
  std::function<void()> fetch = [] {};        ///< brings the last result to Data::result
  std::string peer = {};                      ///< whose way it is; for the collector to say
  double first_call = 0;                      ///< seconds of it; likewise
};

class Peer {
 public:
  virtual ~Peer() = default;

  virtual std::string name() const = 0;

  /// Version and what it chose for this machine: "0.3.21, core SKYLAKEX".
  virtual std::string settings() const = 0;

  /// Its ways of doing a work, none where it has none. Everything that is done once, compiling and
  /// packing of params included, is done here. `data` outlives the contenders.
  virtual std::vector<Contender> prepare(const Work& work, const Data& data) = 0;
};

inline double now(Clock clock) {
  timespec time{};
  clock_gettime(clock == Clock::wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// A contender in this process.
template <typename Call> Contender contender(std::string name, Clock clock, Call call) {
  Contender made;
  made.name = std::move(name);
  made.seconds = [clock, call = std::move(call)](long calls) mutable {
    const double begin = now(clock);
    for (long n = 0; n < calls; ++n)
      call();
    return now(clock) - begin;
  };
  return made;
}

/// How a peer that was built as a module of its own is made; throws std::exception where the
/// library cannot be used. The name of the function in the module is `bench_open_peer`.
using OpenPeer = Peer* (*)(const Setting&);

}  // namespace bench

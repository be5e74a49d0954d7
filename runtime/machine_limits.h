// What this machine does at most, measured: what times of kernels are held against.
//
// The code that measures is loop IR of our own, compiled like any kernel, so that it uses the
// vectors that kernels use. A limit is the best of several tries, since whatever else runs on the
// machine only slows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "ir/kernel_work.h"

namespace tcc {

/// How fast what lies in a cache, or in memory, is read.
struct MemoryLevel {
  std::string name;  ///< "L1", "L2", "L3", "memory"
  double bytes;      ///< what fits; infinite of memory
  double read;       ///< bytes a second
  double copy = 0;   ///< bytes read and written a second; 0 where it was not measured
  double best() const { return read > copy ? read : copy; }
};

/// Limits of a number of threads together.
struct ThreadLimits {
  int threads;
  double flops_f32;  ///< fused multiply-adds, 2 each, a second
  double flops_f64;
  std::vector<MemoryLevel> levels;  ///< the fastest first, memory last
};

struct MachineLimits {
  std::string machine;  ///< of what they are: processor, caches, compiler
  ThreadLimits one;
  ThreadLimits all;  ///< of as many threads as were asked for; the same as `one` of one thread
};

enum class Freshness : std::uint8_t {
  measured_now,  ///< whatever was measured before
  kept,          ///< what is in the file, where it is of this machine and of the last 30 days
};

struct LimitsRequest {
  int threads = 1;     ///< at least 1
  std::string folder;  ///< where `machine-limits.json` is kept; empty: nowhere
  Freshness freshness = Freshness::kept;
};

/// Takes about 0.3 s unless they are kept. What cannot be written or read is measured anew.
/// Errors (environment): built without LLVM, no memory.
[[nodiscard]] tl::expected<MachineLimits, std::string> machine_limits(const LimitsRequest& request);

/// How near a kernel comes to the roofline (Williams, Waterman, Patterson 2009): the time that its
/// arithmetic or its traffic would take at the limit, whichever is more, as a part of the time that
/// it took. A little over 1 is possible where another program slowed the measuring of the limits.
struct RooflineShare {
  double share;          ///< 0 where nothing is computed or moved
  std::string bound_by;  ///< "arithmetic", or the level that holds what is moved; empty with 0
};
RooflineShare roofline_share(const ir::KernelWork& work, double seconds,
                             const ThreadLimits& limits);

}  // namespace tcc

// Where the time of runs goes: kernel by kernel, against what the machine can do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tcc/program.h>

#include "api/executable.h"
#include "runtime/machine_limits.h"

namespace tcc {

/// How long each kernel of one run took.
class KernelTimes {
 public:
  /// For runs of one program, the last of which counts; must not outlive this object.
  KernelObserver observer();

  std::size_t variant() const { return variant_; }
  const std::vector<double>& seconds() const { return seconds_; }

 private:
  std::size_t variant_ = 0;  ///< of the program: its place among the variants
  std::vector<double> seconds_;
};

/// Times of many runs of one program with the same sizes. Holds the last ones where there are more
/// than some million numbers.
class RunSamples {
 public:
  /// A run that took `seconds` as a whole, its kernels as `times` say. One of another variant
  /// than those before begins anew.
  void add(double seconds, const KernelTimes& times);

  std::size_t count() const { return count_; }
  std::size_t variant() const { return variant_; }
  std::size_t kernel_count() const { return kernels_.size(); }

  double median_of_run() const;
  double shortest_run() const;
  double longest_run() const;
  double median_of_kernel(std::size_t kernel) const;
  /// Of a run without its kernels: binding, memory, calls.
  double median_between() const;

 private:
  std::size_t variant_ = 0;
  std::size_t count_ = 0;
  std::size_t capacity_ = 0;
  std::vector<float> runs_, between_;
  std::vector<std::vector<float>> kernels_;
};

struct ProfileRow {
  std::string kernel;
  double seconds;  ///< median
  double share;    ///< of the whole run
  ir::KernelWork work;
  RooflineShare roofline;  ///< {0, ""} where no limits are known
};

struct Profile {
  std::vector<ProfileRow> rows;  ///< in order of execution
  std::size_t runs;
  double between;  ///< seconds of a run that are not in its kernels, median
  double total;    ///< seconds of a run, median
};

/// Without kernels that no run had to do again, those of params alone. At least one run must have
/// been added. `inputs`: those of the runs, which give the sizes.
Profile profile_of(const Program& program, std::span<const Tensor> inputs,
                   const RunSamples& samples, const std::optional<ThreadLimits>& limits);

}  // namespace tcc

// Code for sizes that a program is run with again and again.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/run_plan.h"
#include "runtime/cpu_jit.h"
#include "runtime/fork_safe_mutex.h"

namespace tcc {

/// Those of one program, of which there are at most so many. Safe from many threads.
class Specializations {
 public:
  explicit Specializations(int most) : most_(static_cast<std::size_t>(most < 0 ? 0 : most)) {}

  bool has_room() const;

  /// Null where there is none for the plan's sizes.
  std::shared_ptr<const CpuCode> find(const RunPlan& plan) const;
  void add(const RunPlan& plan, std::shared_ptr<const CpuCode> code);

  /// "M = 512, N = 64" of each, in the order in which they came.
  std::vector<std::string> names() const;

 private:
  struct Entry {
    std::size_t variant;
    std::vector<std::int64_t> size_values;
    std::string name;
    std::shared_ptr<const CpuCode> code;
  };

  std::size_t most_;
  mutable ForkSafeMutex mutex_;
  std::vector<Entry> entries_;
};

/// The kernels of the variant that `plan` runs, compiled for its sizes: from the same scheduled
/// nests, so that they give the same bits. Null where that cannot be done.
std::shared_ptr<const CpuCode> compile_for_sizes(const LoweredVariant& variant, const RunPlan& plan,
                                                 const ir::PassOptions& passes,
                                                 const CpuCodeOptions& options);

}  // namespace tcc

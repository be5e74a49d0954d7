// What a run of a program asks of the machine: kernels with their parallel pieces, and memory.
// `tcc emit --stage launch` prints it as text (launch_text.h) or as JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "dsl/extent.h"
#include "frontend/checked.h"
#include "ir/loop_program.h"

namespace tcc::driver {

/// A number, or, where a size that it depends on is not known, an expression over the sizes.
struct Amount {
  std::optional<std::int64_t> number;
  std::string expression;
};

/// A loop whose iterations are given to threads.
struct ParallelLoop {
  std::string variable;
  Amount pieces;
};

struct LaunchKernel {
  std::string name;
  std::vector<ParallelLoop> parallel;  ///< those in no other parallel loop
  Amount scratch;             ///< bytes that it allocates while it runs (ir/kernel_scratch.h);
  Amount scratch_per_thread;  ///< of an expression: of all that it allocates anywhere
  bool is_wanted = true;
};

struct LaunchTemporary {
  std::string name;
  std::uint32_t first = 0, last = 0;  ///< kernels
  std::string in_place_of;            ///< "" where it begins in memory of its own
  std::string output;                 ///< the output in whose memory it lies; "" in the arena
  Amount bytes;
  std::optional<std::int64_t> offset;  ///< in the arena
  bool is_wanted = true;
};

struct LaunchReport {
  std::vector<LaunchKernel> kernels;
  std::vector<LaunchTemporary> temporaries;  ///< in order of their first kernels
  std::vector<std::string> unknown_sizes;    ///< none: there is a plan
  std::optional<std::int64_t> peak;          ///< bytes of the arena
  std::optional<std::int64_t> lower_bound;   ///< bytes in use at once
  Amount without_sharing;
  Amount inputs, params, outputs;  ///< bytes; next values of params are among the outputs
};

/// Whether a definition is to be shown (`--def`).
using IsWanted = std::function<bool(std::string_view name)>;

/// Throws Error (environment) where the temporaries need more memory than there are addresses.
LaunchReport launch_report(const ir::LoopProgram& program, const checked::Program& checked,
                           const SizeValues& sizes, const IsWanted& is_wanted);

nlohmann::ordered_json to_json(const LaunchReport& report);

}  // namespace tcc::driver

// `--steps N`: runs one after the other, each with the params that the one before has left, and
// `--repeat N`: the same run again, timed.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "api/profile.h"
#include "api/verify.h"
#include "driver/batches.h"

namespace tcc::driver {

enum class Verification : std::uint8_t { none, each_step };

enum class RunStage : std::uint8_t { run, verify };

struct StepOptions {
  std::int64_t count;
  const Batches& batches;
  Verification verification;
  std::int64_t repeats = 1;  ///< runs of each step; its first one is not timed where there are more
  std::function<void(RunStage)> on_stage = {};                              ///< as it changes
  std::function<void(std::int64_t step, std::int64_t repeat)> on_run = {};  ///< before each
};

struct StepResults {
  std::vector<Tensor> outputs;         ///< of the last step
  std::vector<VerifyResult> verified;  ///< the worst of all steps, empty where none was asked for
  RunSamples samples;                  ///< of the timed runs
};

/// Runs the steps, and leaves in `inputs` the params as they are then. Each step is verified from
/// the params that it began with. Throws Error as Program::run.
StepResults run_steps(const Program& program, std::vector<Tensor>& inputs,
                      const StepOptions& options);

}  // namespace tcc::driver

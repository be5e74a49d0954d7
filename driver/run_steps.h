// `--steps N`: runs one after the other, each with the params that the one before has left.
#pragma once

#include <cstdint>
#include <vector>

#include "api/verify.h"
#include "driver/batches.h"

namespace tcc::driver {

enum class Verification : std::uint8_t { none, each_step };

struct StepOptions {
  std::int64_t count;
  const Batches& batches;
  Verification verification;
};

struct StepResults {
  std::vector<Tensor> outputs;         ///< of the last step
  std::vector<VerifyResult> verified;  ///< the worst of all steps, empty where none was asked for
};

/// Runs the steps, and leaves in `inputs` the params as they are then. Each step is verified from
/// the params that it began with. Throws Error as Program::run.
StepResults run_steps(const Program& program, std::vector<Tensor>& inputs,
                      const StepOptions& options);

}  // namespace tcc::driver

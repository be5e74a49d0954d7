// Runs one after the other, each with the params that the one before has left.
#include "driver/run_steps.h"

#include "api/program_state.h"

namespace tcc::driver {

namespace {

/// What is wrong is worse than what is right, and then the larger part of what is allowed.
bool is_worse(const Comparison& a, const Comparison& b) {
  if (a.within_bounds != b.within_bounds) return !a.within_bounds;
  return a.within_bounds && a.max_error * b.allowed > b.max_error * a.allowed;
}

void keep_worst(std::vector<VerifyResult>& worst, std::vector<VerifyResult> step) {
  if (worst.empty()) {
    worst = std::move(step);
    return;
  }
  for (std::size_t r = 0; r < worst.size(); ++r) {
    const auto discontinuities =
        worst[r].comparison.discontinuities + step[r].comparison.discontinuities;
    if (is_worse(step[r].comparison, worst[r].comparison)) worst[r] = std::move(step[r]);
    worst[r].comparison.discontinuities = discontinuities;
  }
}

}  // namespace

StepResults run_steps(const Program& program, std::vector<Tensor>& inputs,
                      const StepOptions& options) {
  StepResults results;
  for (std::int64_t step = 0; step < options.count; ++step) {
    options.batches.bind(step, inputs);
    RunResults run = run_all(program, inputs);
    if (options.verification == Verification::each_step) {
      keep_worst(results.verified, verify(program, inputs, run));
    }
    if (const auto declared = program.state().declared()) {
      commit(declared->signature(), run.updates, inputs);
    }
    results.outputs = std::move(run.outputs);
  }
  return results;
}

}  // namespace tcc::driver

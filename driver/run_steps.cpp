// Runs one after the other, each with the params that the one before has left.
#include "driver/run_steps.h"

#include <chrono>

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

void announce(const StepOptions& options, RunStage stage) {
  if (options.on_stage) options.on_stage(stage);
}

/// Runs one step as often as is asked for, from the same inputs into the same memory.
RunResults run_repeatedly(const Program& program, std::span<const Tensor> inputs, std::int64_t step,
                          const StepOptions& options, ResidentMemory& resident,
                          RunSamples& samples) {
  using Clock = std::chrono::steady_clock;
  RunResults results;
  KernelTimes times;
  const KernelObserver observer = times.observer();
  for (std::int64_t repeat = 0; repeat < options.repeats; ++repeat) {
    if (options.on_run) options.on_run(step, repeat);
    const auto begin = Clock::now();
    if (repeat == 0)
      results = run_all(program, inputs, {&observer, &resident});
    else
      run_again(program, inputs, results, {&observer, &resident});
    const std::chrono::duration<double> duration = Clock::now() - begin;
    if (repeat > 0 || options.repeats == 1) samples.add(duration.count(), times);
  }
  return results;
}

}  // namespace

StepResults run_steps(const Program& program, std::vector<Tensor>& inputs,
                      const StepOptions& options) {
  StepResults results;
  ResidentMemory resident = resident_memory_for(program, inputs);  // params without updates stay
  const bool verifies = options.verification == Verification::each_step;
  for (std::int64_t step = 0; step < options.count; ++step) {
    options.batches.bind(step, inputs);
    if (step == 0 || verifies) announce(options, RunStage::run);
    RunResults run = run_repeatedly(program, inputs, step, options, resident, results.samples);
    if (verifies) {
      announce(options, RunStage::verify);
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

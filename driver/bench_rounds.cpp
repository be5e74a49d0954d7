// A program's runs, timed for as long as they have to be.
#include "driver/bench_rounds.h"

#include <algorithm>
#include <chrono>

#include "api/run_results.h"

namespace tcc::driver {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Runs for so many seconds, at least once; gives each run's seconds to `record`.
template <typename Run, typename Record> void run_for(double seconds, Run run, Record record) {
  const auto begin = Clock::now();
  do {
    const auto run_begin = Clock::now();
    run();
    record(seconds_since(run_begin));
  } while (seconds_since(begin) < seconds);
}

}  // namespace

BenchTimes run_rounds(const Program& program, std::span<const Tensor> inputs,
                      const BenchLength& length, Progress& progress) {
  KernelTimes times;
  const KernelObserver observer = times.observer();
  progress.begin({"warming up"});
  ResidentMemory resident = resident_memory_for(program, inputs);  // as in a session
  const RunResults results = run_all(program, inputs, {.resident = &resident});
  const auto run = [&] { run_again(program, inputs, results, {&observer, &resident}); };
  run_for(length.seconds / 5, run, [](double) {});
  progress.begin({"round", ProgressForm::number, length.rounds});
  BenchTimes bench;
  for (std::int64_t round = 0; round < length.rounds; ++round) {
    progress.advance(round + 1);
    RunSamples of_round;
    run_for(length.seconds / static_cast<double>(length.rounds), run, [&](double seconds) {
      bench.samples.add(seconds, times);
      of_round.add(seconds, times);
    });
    bench.round_medians.push_back(of_round.median_of_run());
  }
  return bench;
}

}  // namespace tcc::driver

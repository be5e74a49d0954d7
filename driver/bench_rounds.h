// A program's runs, timed for as long as they have to be.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <tcc/program.h>

#include "api/profile.h"
#include "driver/progress.h"

namespace tcc::driver {

struct BenchLength {
  std::int64_t rounds = 5;  ///< at least 1
  double seconds = 1;       ///< of all rounds together, and a fifth of it before them to warm up
};

struct BenchTimes {
  RunSamples samples;                 ///< of all rounds, without what came before
  std::vector<double> round_medians;  ///< seconds of a run, a number a round
};

/// Runs the program into memory of its own, which it reuses. Each round is as many runs as fit into
/// its part of the time, at least one. Throws Error as Program::run.
BenchTimes run_rounds(const Program& program, std::span<const Tensor> inputs,
                      const BenchLength& length, Progress& progress);

}  // namespace tcc::driver

// How long each stage took.
#include "driver/stage_timer.h"

#include <ctime>

#include <fmt/format.h>

namespace tcc::driver {

namespace {

double milliseconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// Processor time of the process so far: loading, and the reading of the command line.
double process_milliseconds() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

}  // namespace

StageTimer::StageTimer()
    : rows_{{"start", process_milliseconds()}},
      stage_begin_(Clock::now()),
      pass_begin_(stage_begin_) {}

void StageTimer::end_stage() {
  const auto now = Clock::now();
  if (!stage_.empty()) rows_.push_back({stage_, milliseconds(now - stage_begin_)});
  for (Row& pass : passes_)
    rows_.push_back(std::move(pass));
  passes_.clear();
  stage_begin_ = now;
  pass_begin_ = now;
}

void StageTimer::begin(std::string_view stage) {
  end_stage();
  stage_ = stage;
}

void StageTimer::observe(PipelineOptions& options) {
  options.on_stage = [this](std::string_view stage) { begin(stage); };
  options.on_pass = [this, other = std::move(options.on_pass)](const ir::Pass& pass,
                                                               const ir::LoopProgram& program) {
    passes_.push_back({fmt::format("  {}", pass.name), milliseconds(Clock::now() - pass_begin_)});
    if (other) other(pass, program);
    pass_begin_ = Clock::now();
  };
}

void StageTimer::print(std::ostream& stream) {
  end_stage();
  stage_.clear();
  double total = 0;
  for (const Row& row : rows_) {
    const bool is_part = row.name.starts_with(' ');
    total += is_part ? 0 : row.milliseconds;
    stream << fmt::format("{:10.3f} ms  {}\n", row.milliseconds, row.name);
  }
  stream << fmt::format("{:10.3f} ms  all\n", total);
}

}  // namespace tcc::driver

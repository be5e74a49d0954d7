// How long each stage took.
#include "driver/stage_timer.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

namespace tcc::driver {

namespace {

double milliseconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// Stages that are none of the pipeline's.
std::string progress_text(std::string_view stage) {
  if (stage == "inputs") return "reading inputs";
  if (stage == "limits") return "measuring the limits of this machine";
  if (stage == "compile" || stage == "cached") return "compiling";
  if (stage == "run") return "running";
  if (stage == "verify") return "verifying";
  if (stage == "outputs" || stage == "print") return "";  // what is written may share the terminal
  return fmt::format("compiling: {}", stage);
}

/// Processor time of the process so far: loading, and the reading of the command line.
double process_milliseconds() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

}  // namespace

StageTimer::StageTimer(int terminal)
    : rows_{{"start", process_milliseconds()}},
      stage_begin_(Clock::now()),
      part_begin_(stage_begin_),
      progress_(terminal) {}

void StageTimer::end_part() {
  const auto now = Clock::now();
  if (!part_.empty()) {
    const auto same = std::ranges::find(parts_, part_, &Row::name);
    Row& row = same == parts_.end() ? parts_.emplace_back(Row{part_, 0}) : *same;
    row.milliseconds += milliseconds(now - part_begin_);
  }
  part_.clear();
  part_begin_ = now;
}

void StageTimer::end_stage() {
  end_part();
  const auto now = Clock::now();
  if (!stage_.empty()) rows_.push_back({stage_, milliseconds(now - stage_begin_)});
  for (Row& part : parts_)
    rows_.push_back(std::move(part));
  parts_.clear();
  stage_begin_ = now;
  part_begin_ = now;
}

void StageTimer::begin(std::string_view stage) {
  end_stage();
  stage_ = stage;
  progress_.begin({progress_text(stage)});
}

void StageTimer::begin_part(std::string_view part) {
  end_part();
  part_ = fmt::format("  {}", part);
}

void StageTimer::observe(PipelineOptions& options) {
  options.on_stage = [this](std::string_view stage) { begin(stage); };
  options.on_part = [this](std::string_view part) { begin_part(part); };
  options.on_pass = [this, other = std::move(options.on_pass)](const ir::Pass& pass,
                                                               const ir::LoopProgram& program) {
    parts_.push_back({fmt::format("  {}", pass.name), milliseconds(Clock::now() - part_begin_)});
    if (other) other(pass, program);
    part_begin_ = Clock::now();
  };
}

void StageTimer::print(std::ostream& stream) {
  end_stage();
  stage_.clear();
  double total = 0;
  for (const Row& row : rows_) {
    total += row.is_part() ? 0 : row.milliseconds;
    stream << fmt::format("{:10.3f} ms  {}\n", row.milliseconds, row.name);
  }
  stream << fmt::format("{:10.3f} ms  all\n", total);
}

}  // namespace tcc::driver

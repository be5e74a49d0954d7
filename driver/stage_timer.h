// What a subcommand is doing, stage by stage: how long each took (`--time-passes`), and the line
// that shows progress.
#pragma once

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "api/pipeline.h"
#include "driver/progress.h"

namespace tcc::driver {

/// Follows a pipeline; stages end as the next one begins.
class StageTimer {
 public:
  struct Row {
    std::string name;  ///< of parts of the stage above, two spaces before
    double milliseconds;
    bool is_part() const { return name.starts_with(' '); }
  };

  /// What came before main counts as the stage "start". `terminal`: for Progress.
  explicit StageTimer(int terminal = -1);

  void begin(std::string_view stage);

  /// What the stage does now, as `link` of the stage `code`. Parts of one name count together.
  void begin_part(std::string_view part);

  /// Adds itself to the observers of `options`; must outlive its use.
  void observe(PipelineOptions& options);

  /// To say more of the stage that has begun.
  Progress& progress() { return progress_; }

  /// What has ended: stages, with their parts below them.
  const std::vector<Row>& rows() const { return rows_; }

  /// Ends the last stage and prints all, with the passes below theirs:
  ///       1.204 ms  parse
  void print(std::ostream& stream);

 private:
  using Clock = std::chrono::steady_clock;

  void end_stage();
  void end_part();

  std::vector<Row> rows_;
  std::vector<Row> parts_;
  std::string stage_, part_;
  Clock::time_point stage_begin_;
  Clock::time_point part_begin_;
  Progress progress_;
};

}  // namespace tcc::driver

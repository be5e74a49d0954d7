// How long each stage took (`--time-passes`).
#pragma once

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "api/pipeline.h"

namespace tcc::driver {

/// Follows a pipeline; stages end as the next one begins.
class StageTimer {
 public:
  /// What came before main counts as the stage "start".
  StageTimer();

  void begin(std::string_view stage);

  /// Adds itself to the observers of `options`; must outlive its use.
  void observe(PipelineOptions& options);

  /// Ends the last stage and prints all, with the passes below theirs:
  ///       1.204 ms  parse
  void print(std::ostream& stream);

 private:
  using Clock = std::chrono::steady_clock;
  struct Row {
    std::string name;
    double milliseconds;
  };

  void end_stage();

  std::vector<Row> rows_;
  std::vector<Row> passes_;
  std::string stage_;
  Clock::time_point stage_begin_;
  Clock::time_point pass_begin_;
};

}  // namespace tcc::driver

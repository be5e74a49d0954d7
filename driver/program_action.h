// What is around every subcommand that reads a program: its text, the options of the pipeline, and
// the timer.
#pragma once

#include <functional>
#include <memory>

#include "driver/program_options.h"
#include "driver/stage_timer.h"
#include "driver/subcommands.h"

namespace tcc::driver {

/// Throws Error where something is wrong.
using ProgramFunction = std::function<ExitCode(const ProgramOptions&, const ProgramText&,
                                               const PipelineOptions&, StageTimer&, Console&)>;

Action program_action(std::shared_ptr<const ProgramOptions> options, ProgramFunction function);

}  // namespace tcc::driver

// What is around every subcommand that reads a program.
#include "driver/program_action.h"

namespace tcc::driver {

Action program_action(std::shared_ptr<const ProgramOptions> options, ProgramFunction function) {
  return [options = std::move(options), function = std::move(function)](Console& console,
                                                                        Reproducer& reproducer) {
    StageTimer timer;
    const ProgramText program = read_program(options->file, options->text, console);
    reproducer.program = program.text;
    PipelineOptions pipeline = pipeline_options(*options, program.name, console);
    if (options->time_passes) timer.observe(pipeline);
    const ExitCode code = function(*options, program, pipeline, timer, console);
    if (options->time_passes) timer.print(console.err);
    return code;
  };
}

}  // namespace tcc::driver

// What is around every subcommand that reads a program.
#include "driver/program_action.h"

#include <fmt/format.h>

#include "runtime/disk_cache.h"

namespace tcc::driver {

namespace {

/// Why the program did not come from the cache, or was not kept, where that is not just its first
/// time.
void print_cache_fault(const PipelineOptions& pipeline, Console& console) {
  const std::string fault = pipeline.cache ? pipeline.cache->last_fault() : "";
  if (!fault.empty()) console.err << fmt::format("cache: {}\n", fault);
}

}  // namespace

Action program_action(std::shared_ptr<const ProgramOptions> options, ProgramFunction function) {
  return [options = std::move(options), function = std::move(function)](Console& console,
                                                                        Reproducer& reproducer) {
    // What passes print would stand in the middle of the line.
    const bool is_quiet = !options->json && options->print_after.empty();
    StageTimer timer(is_quiet ? console.terminal : -1);
    const ProgramText program = read_program(options->file, options->text, console);
    reproducer.program = program.text;
    PipelineOptions pipeline = pipeline_options(*options, program.name, console);
    timer.observe(pipeline);
    const ExitCode code = function(*options, program, pipeline, timer, console);
    timer.progress().pause();
    if (options->time_passes) {
      timer.print(console.err);
      print_cache_fault(pipeline, console);
    }
    return code;
  };
}

}  // namespace tcc::driver

// tcc check: diagnostics, and nothing else.
#include <memory>

#include <CLI/CLI.hpp>

#include "driver/input_binding.h"
#include "driver/program_action.h"
#include "driver/program_options.h"
#include "driver/subcommands.h"

namespace tcc::driver {

namespace {

ExitCode check_program(const ProgramOptions& options, const ProgramText& program,
                       const PipelineOptions& pipeline, StageTimer&, Console&) {
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(program.text, pipeline, diagnostics);
  if (!diagnostics.has_errors()) {
    const auto names = free_names(parsed.program, pipeline.compile.sizes);
    const auto types = names.empty() ? std::map<std::string, BoundType>()
                                     : bound_types(load_inputs(options.inputs, names));
    // Only a schedule can be wrong in what comes after the check.
    if (parsed.schedule.blocks.empty()) {
      if (pipeline.on_stage) pipeline.on_stage("check");
      check(parsed.program, {pipeline.compile.sizes, types, pipeline.compile.numbers}, diagnostics);
    } else {
      lower(parsed, types, target_of(options), pipeline, diagnostics);
    }
  }
  if (diagnostics.has_errors()) throw to_error(diagnostics, parsed.sources);
  return ExitCode::done;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  auto options = std::make_shared<ProgramOptions>();
  CLI::App* command = app.add_subcommand("check", "Report the mistakes of a program, no more");
  command->footer(
      "Example:\n"
      "  tcc check examples/matmul.tc\n"
      "prints nothing and exits with 0 where the program is right. With --json each mistake\n"
      "is an object on a line of its own.");
  add_program_options(*command, *options);
  command->final_callback([options, &action] { action = program_action(options, check_program); });
}

}  // namespace tcc::driver

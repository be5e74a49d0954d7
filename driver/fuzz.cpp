// tcc fuzz: random legal schedules at awkward sizes, against the plain result.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "api/schedule_fuzzer.h"
#include "driver/input_binding.h"
#include "driver/program_action.h"
#include "driver/program_options.h"
#include "driver/subcommands.h"
#include "runtime/files/replace_file.h"

namespace tcc::driver {

namespace {

using Json = nlohmann::ordered_json;

struct FuzzCommand : ProgramOptions {
  std::int64_t tries = 200;
  std::uint64_t seed = 1;
  std::string output;
};

std::string sizes_text(const SizeValues& sizes, std::string_view before) {
  std::string text;
  for (const auto& [name, value] : sizes)
    text += fmt::format(" {}{}={}", before, name, value);
  return text;
}

/// The schedule as a file that `--schedule` takes, what goes wrong above it.
std::string failure_text(const FuzzFailure& failure) {
  std::string text =
      fmt::format("# {}\n", failure.explanation.substr(0, failure.explanation.find('\n')));
  if (!failure.sizes.empty()) {
    text += fmt::format("# at{}{}\n", sizes_text(failure.sizes, ""),
                        failure.sizes_are_constants ? ", given when compiling" : "");
  }
  return text + failure.schedule;
}

Json json_of(const FuzzReport& report) {
  Json json = {{"schedules", report.schedules},
               {"runs", report.runs},
               {"rejected", report.rejected},
               {"rewrites", report.rewrites},
               {"failure", nullptr}};
  if (const auto& failure = report.failure) {
    json["failure"] = {{"explanation", failure->explanation},
                       {"sizes", failure->sizes},
                       {"sizes_are_constants", failure->sizes_are_constants},
                       {"seed", failure->seed},
                       {"schedule", failure->schedule}};
  }
  return json;
}

std::string summary_of(const FuzzReport& report) {
  std::string rewrites;
  for (const auto& [name, count] : report.rewrites)
    rewrites += fmt::format("{}{} {}", rewrites.empty() ? "" : ", ", count, name);
  return fmt::format(
      "{} schedules, {} runs agree, {} with sizes that the program does not allow\n"
      "rewrites: {}\n",
      report.schedules, report.runs, report.rejected,
      rewrites.empty() ? "none is legal" : rewrites);
}

ExitCode fuzz(const FuzzCommand& options, const ProgramText& program,
              const PipelineOptions& pipeline, StageTimer& timer, Console& console) {
  Subject subject{program.text, pipeline.compile, {}};
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(program.text, pipeline, diagnostics);
  if (diagnostics.has_errors()) throw to_error(diagnostics, parsed.sources);
  const auto names = free_names(parsed.program, pipeline.compile.sizes);
  if (!names.empty()) subject.free_names = bound_types(load_inputs(options.inputs, names));

  FuzzOptions search{options.tries, options.seed};
  timer.progress().begin({"schedule", ProgressForm::number, options.tries});
  search.on_try = [&timer](std::int64_t done) { timer.progress().advance(done); };
  const FuzzReport report = fuzz_schedules(subject, search);
  timer.progress().pause();
  if (options.json) {
    console.out << json_of(report).dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
  } else if (!report.failure) {
    console.out << summary_of(report);
  }
  if (!report.failure) return ExitCode::done;
  const std::string text = failure_text(*report.failure);
  if (!options.json && options.output.empty()) console.out << text;
  if (!options.output.empty()) {
    const std::string_view parts[] = {text};
    if (const auto written = replace_file(options.output, parts); !written) throw written.error();
  }
  console.err << fmt::format(
      "tcc: error: a legal schedule changes the result: {}\n"
      "  help: this is a fault of tcc, please report it with the program and the schedule\n"
      "  help: tcc run {} --schedule {}{} --random {} --verify\n",
      report.failure->explanation, program.name, options.output.empty() ? "FILE" : options.output,
      report.failure->sizes_are_constants ? sizes_text(report.failure->sizes, "--set ") : "",
      report.failure->seed);
  return ExitCode::verify_failed;
}

}  // namespace

void add_fuzz(CLI::App& app, Action& action) {
  auto options = std::make_shared<FuzzCommand>();
  CLI::App* command = app.add_subcommand(
      "fuzz", "Try random legal schedules and awkward sizes against the plain result");
  command->footer(
      "Example:\n"
      "  tcc fuzz examples/softmax.tc --tries 500\n"
      "draws 500 schedules, runs each at sizes such as 0, 1, primes, and one more and one less\n"
      "than its factors, and compares with the plain nest and a reference evaluation. A schedule\n"
      "that changes the result is made as short as it gets, and printed; the exit code is 4.");
  add_program_options(*command, *options);
  command->add_option("--tries", options->tries, "The number of schedules")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "The same seed draws the same schedules")
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "Write a failing schedule to this file")
      ->type_name("PATH");
  command->final_callback([options, &action] {
    const auto function = [options](const ProgramOptions&, const ProgramText& program,
                                    const PipelineOptions& pipeline, StageTimer& timer,
                                    Console& console) {
      return fuzz(*options, program, pipeline, timer, console);
    };
    action = program_action(options, function);
  });
}

}  // namespace tcc::driver

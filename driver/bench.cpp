// tcc bench: what a program costs, against what the machine can do.
#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>
#include <sys/resource.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "api/program_state.h"
#include "api/run_results.h"
#include "driver/bench_rounds.h"
#include "driver/input_binding.h"
#include "driver/profile_table.h"
#include "driver/program_action.h"
#include "driver/quantities.h"

namespace tcc::driver {

namespace {

using Json = nlohmann::ordered_json;

struct BenchOptions : ProgramOptions {
  std::uint64_t seed = 0;
  BenchLength length;
};

struct Stage {
  std::string name;
  double seconds;
};

struct CompileTimes {
  double cold = 0;               ///< seconds from text to code that can be called
  std::vector<Stage> stages;     ///< of the cold one
  std::optional<double> cached;  ///< the same from the cache, where there is one
};

struct MemoryUse {
  double inputs = 0, outputs = 0;  ///< bytes
  double arena = 0;                ///< of temporaries
  double peak = 0;                 ///< of the process
};

struct BenchReport {
  std::string name;
  CompileTimes compile;
  BenchTimes times;
  Profile profile;
  MachineLimits limits;
  MemoryUse memory;
  std::vector<std::string> specializations;
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Compiles to the end: a program of free names when it gets its inputs.
Program compile(const ProgramText& text, const PipelineOptions& pipeline) {
  return Program(std::make_shared<const Program::State>(text.text, pipeline));
}

/// How long it takes again, where the cache has the program.
std::optional<double> time_from_cache(const ProgramText& text, PipelineOptions pipeline,
                                      std::span<const Tensor> inputs) {
  if (!pipeline.cache) return {};
  bool is_cached = true;
  pipeline.caching = Caching::read_and_write;
  pipeline.on_part = {};
  pipeline.on_pass = {};
  pipeline.on_stage = [&](std::string_view stage) { is_cached &= stage != "code"; };
  const auto begin = std::chrono::steady_clock::now();
  compile(text, pipeline).state().executable_for(inputs);
  const double seconds = seconds_since(begin);
  return is_cached ? std::optional(seconds) : std::nullopt;
}

/// Stages since `first`, without their parts.
std::vector<Stage> stages_since(std::size_t first, const StageTimer& timer) {
  std::vector<Stage> stages;
  for (std::size_t r = first; r < timer.rows().size(); ++r) {
    const StageTimer::Row& row = timer.rows()[r];
    if (!row.is_part()) stages.push_back({row.name, row.milliseconds * 1e-3});
  }
  return stages;
}

double bytes_of(std::span<const Tensor> tensors) {
  double bytes = 0;
  for (const Tensor& tensor : tensors)
    bytes += static_cast<double>(tensor.element_count()) *
             static_cast<double>(size_in_bytes(tensor.dtype()));
  return bytes;
}

MemoryUse memory_use(const Program& program, std::span<const Tensor> inputs) {
  const auto plan = program.state().executable_for(inputs)->plan_for(inputs);
  MemoryUse use;
  use.inputs = bytes_of(inputs);
  use.outputs = bytes_of(Executable::allocate(plan->outputs));
  use.arena = static_cast<double>(plan->whole.arena_bytes);
  rusage process{};
  getrusage(RUSAGE_SELF, &process);
  use.peak = static_cast<double>(process.ru_maxrss) * 1024;
  return use;
}

BenchReport measure(const BenchOptions& options, const ProgramText& text, PipelineOptions pipeline,
                    StageTimer& timer) {
  BenchReport report;
  report.name = text.name;
  pipeline.caching = Caching::write;  // a compilation that reads the cache is no cold one
  timer.begin("compile");
  const std::size_t first_stage = timer.rows().size();
  auto begin = std::chrono::steady_clock::now();
  const Program program = compile(text, pipeline);
  report.compile.cold = seconds_since(begin);
  timer.begin("inputs");
  std::vector<std::string> names;
  for (const TensorInfo& input : program.inputs())
    names.push_back(input.name);
  const auto inputs = tensors_for(program, load_inputs(options.inputs, names),
                                  {options.seed, pipeline.compile.sizes});
  begin = std::chrono::steady_clock::now();
  timer.begin("compile");
  program.state().executable_for(inputs);
  report.compile.cold += seconds_since(begin);
  timer.begin("cached");
  report.compile.stages = stages_since(first_stage, timer);
  std::erase_if(report.compile.stages, [](const Stage& stage) {
    return stage.name == "compile" || stage.name == "inputs";
  });
  report.compile.cached = time_from_cache(text, pipeline, inputs);
  timer.begin("run");
  for (int run = 0; run < 2; ++run)
    run_all(program, inputs);
  program.wait_for_specializations();
  report.specializations = program.specializations();
  report.times = run_rounds(program, inputs, options.length, timer.progress());
  report.memory = memory_use(program, inputs);
  timer.begin("limits");  // now, for their memory is none of the program's
  report.limits = limits_for(options);
  timer.begin("outputs");
  report.profile = profile_of(program, inputs, report.times.samples, report.limits.all);
  return report;
}

std::string compile_text(const CompileTimes& compile) {
  std::string stages;
  for (const Stage& stage : compile.stages)
    stages += fmt::format("{}{} {}", stages.empty() ? "" : ", ", stage.name,
                          duration_text(stage.seconds));
  std::string text = fmt::format("compiled in {}: {}\n", duration_text(compile.cold), stages);
  if (compile.cached) text += fmt::format("from the cache in {}\n", duration_text(*compile.cached));
  return text;
}

std::string text_of(const BenchReport& report) {
  const auto [least, most] = std::ranges::minmax(report.times.round_medians);
  const MemoryUse& memory = report.memory;
  std::string text = compile_text(report.compile);
  text +=
      fmt::format("a run takes {}, from {} to {} in {} rounds of {} runs in all\n",
                  duration_text(report.profile.total), duration_text(least), duration_text(most),
                  report.times.round_medians.size(), report.times.samples.count());
  text += fmt::format("memory: inputs {}, outputs {}, between kernels {}, peak of the process {}\n",
                      bytes_text(memory.inputs), bytes_text(memory.outputs),
                      bytes_text(memory.arena), bytes_text(memory.peak));
  text += specializations_text(report.specializations);
  text += limits_text(report.limits.one);
  if (report.limits.all.threads != 1) text += limits_text(report.limits.all);
  return text + "\n" + profile_text(report.profile);
}

Json json_of(const BenchReport& report) {
  Json stages = Json::array();
  for (const Stage& stage : report.compile.stages)
    stages.push_back({{"name", stage.name}, {"seconds", stage.seconds}});
  const auto [least, most] = std::ranges::minmax(report.times.round_medians);
  Json json = {
      {"program", report.name},
      {"compile",
       {{"seconds", report.compile.cold}, {"cached_seconds", nullptr}, {"stages", stages}}},
      {"run",
       {{"median_seconds", report.profile.total},
        {"least_median_seconds", least},
        {"most_median_seconds", most},
        {"rounds", report.times.round_medians},
        {"runs", report.times.samples.count()}}},
      {"memory",
       {{"input_bytes", report.memory.inputs},
        {"output_bytes", report.memory.outputs},
        {"arena_bytes", report.memory.arena},
        {"peak_bytes", report.memory.peak}}},
      {"specializations", report.specializations},
      {"machine", report.limits.machine},
      {"limits", Json::array({limits_json(report.limits.one)})},
      {"profile", profile_json(report.profile)}};
  if (report.compile.cached) json["compile"]["cached_seconds"] = *report.compile.cached;
  if (report.limits.all.threads != 1) json["limits"].push_back(limits_json(report.limits.all));
  return json;
}

ExitCode bench(const BenchOptions& options, const ProgramText& text,
               const PipelineOptions& pipeline, StageTimer& timer, Console& console) {
  const BenchReport report = measure(options, text, pipeline, timer);
  if (options.json) {
    console.out << json_of(report).dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
  } else {
    console.out << text_of(report);
  }
  return ExitCode::done;
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command =
      app.add_subcommand("bench", "Time a program, against what this machine can do");
  command->footer(
      "Example:\n"
      "  tcc bench examples/matmul.tc --set M=1024 --set K=1024 --set N=1024\n"
      "says how long compiling and running take, and of each kernel its time, the bytes and flops\n"
      "that it has to move and do, and how near that comes to the limits of memory and "
      "arithmetic,\n"
      "which are measured first. Inputs that are not bound are random.");
  add_program_options(*command, *options);
  command
      ->add_option("--random", options->seed,
                   "Fill inputs that are not bound: uniform in [-1, 1), integers 0 to 9")
      ->type_name("SEED")
      ->capture_default_str();
  command->add_option("--seconds", options->length.seconds, "Time for all rounds together")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command->add_option("--rounds", options->length.rounds, "The number of rounds of runs")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
      ->capture_default_str();
  command->final_callback([options, &action] {
    const auto function = [options](const ProgramOptions&, const ProgramText& text,
                                    const PipelineOptions& pipeline, StageTimer& timer,
                                    Console& console) {
      return bench(*options, text, pipeline, timer, console);
    };
    action = program_action(options, function);
  });
}

}  // namespace tcc::driver

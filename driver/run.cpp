// tcc run: compile, run, and print or save the outputs.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "api/program_state.h"
#include "driver/input_binding.h"
#include "driver/output_files.h"
#include "driver/params_file.h"
#include "driver/profile_table.h"
#include "driver/program_action.h"
#include "driver/quantities.h"
#include "driver/run_steps.h"
#include "driver/verify_report.h"

namespace tcc::driver {

namespace {

struct RunOptions : ProgramOptions {
  std::vector<std::string> outputs;
  std::optional<std::uint64_t> seed;
  bool verify = false;
  std::int64_t steps = 1;
  std::int64_t repeats = 1;
  bool profile = false;
  std::vector<std::string> batches;  ///< NAME=NUMBER, checked
  std::string load_params;           ///< an .npz; empty: none
  std::string save_params;
};

std::vector<std::string> names_of(const std::vector<TensorInfo>& tensors) {
  std::vector<std::string> names;
  for (const TensorInfo& tensor : tensors)
    names.push_back(tensor.name);
  return names;
}

std::vector<NamedTensor> with_names(const Program& program, std::vector<Tensor> tensors) {
  std::vector<NamedTensor> outputs;
  const auto names = names_of(program.outputs());
  for (std::size_t o = 0; o < tensors.size(); ++o) {
    outputs.push_back({names[o], std::move(tensors[o])});
  }
  return outputs;
}

StepOptions step_options(const RunOptions& options, const Batches& batches, StageTimer& timer) {
  StepOptions steps{options.steps, batches,
                    options.verify ? Verification::each_step : Verification::none, options.repeats};
  steps.on_stage = [&options, &timer](RunStage stage) {
    if (stage == RunStage::verify) {
      timer.progress().begin({"verifying"});
    } else if (options.steps > 1) {
      timer.progress().begin({"step", ProgressForm::number, options.steps});
    } else if (options.repeats > 1) {
      timer.progress().begin({"run", ProgressForm::number, options.repeats});
    }
  };
  steps.on_run = [&options, &timer](std::int64_t step, std::int64_t repeat) {
    timer.progress().advance((options.steps > 1 ? step : repeat) + 1);
  };
  return steps;
}

/// What `--repeat` and `--profile` add to an object.
nlohmann::ordered_json times_json(const RunOptions& options, const Program& program,
                                  const RunSamples& samples,
                                  const std::optional<Profile>& profile) {
  nlohmann::ordered_json more = nlohmann::ordered_json::object();
  if (options.repeats > 1) {
    more["times"] = {{"runs", samples.count()},
                     {"min_seconds", samples.shortest_run()},
                     {"median_seconds", samples.median_of_run()},
                     {"max_seconds", samples.longest_run()}};
  }
  if (profile) more["profile"] = profile_json(*profile);
  if (options.repeats > 1 || profile) more["specializations"] = program.specializations();
  return more;
}

void print_times(const RunOptions& options, const RunSamples& samples,
                 const std::optional<Profile>& profile, Console& console) {
  if (options.repeats > 1) {
    console.err << fmt::format(
        "{} run{}: {} at least, {} in the median, {} at most\n", samples.count(),
        samples.count() == 1 ? "" : "s", duration_text(samples.shortest_run()),
        duration_text(samples.median_of_run()), duration_text(samples.longest_run()));
  }
  if (profile) console.err << profile_text(*profile);
}

/// A single run is over before code of its sizes would be there.
PipelineOptions for_runs(PipelineOptions pipeline, const RunOptions& options) {
  if (options.steps == 1 && options.repeats <= 2) pipeline.compile.specializations = 0;
  return pipeline;
}

ExitCode run(const RunOptions& options, const ProgramText& text, const PipelineOptions& pipeline,
             StageTimer& timer, Console& console) {
  const Program program(
      std::make_shared<const Program::State>(text.text, for_runs(pipeline, options)));
  check_outputs(options.outputs, names_of(program.outputs()));
  if (!options.save_params.empty()) require_params_to_save(program);
  timer.begin("inputs");
  auto bindings = load_inputs(options.inputs, names_of(program.inputs()));
  if (!options.load_params.empty()) load_params(options.load_params, program, bindings);
  const Batches batches(options.batches, program, bindings);
  auto inputs = tensors_for(program, bindings, {options.seed, pipeline.compile.sizes});
  std::optional<ThreadLimits> limits;
  if (options.profile) {
    timer.begin("limits");
    limits = limits_for(options).all;
  }
  timer.begin("run");
  const auto steps = run_steps(program, inputs, step_options(options, batches, timer));
  const auto& verified = steps.verified;
  timer.begin("outputs");
  const auto outputs = with_names(program, steps.outputs);
  save_outputs(options.outputs, outputs);
  if (!options.save_params.empty()) save_params(options.save_params, program, inputs);
  std::optional<Profile> profile;
  if (options.profile) profile = profile_of(program, inputs, steps.samples, limits);
  if (options.json) {
    print_json(options.outputs, outputs, verified,
               times_json(options, program, steps.samples, profile), console.out);
  } else {
    if (options.outputs.empty()) print_outputs(outputs, console.out);
    print_verified(verified, console);
    print_times(options, steps.samples, profile, console);
    if (options.repeats > 1 || options.profile)
      console.err << specializations_text(program.specializations());
  }
  return exit_code_of(verified);
}

std::string fault_of_count(const std::string& text) {
  const bool counts = text.find_first_not_of("0123456789") == std::string::npos;
  return counts && text.find_first_not_of('0') != std::string::npos ? "" : "write a number from 1";
}

void add_step_options(CLI::App& command, RunOptions& options) {
  command
      .add_option("--steps", options.steps,
                  "Run this often, each time with the params that the program has updated")
      ->check(fault_of_count)
      ->type_name("N");
  command
      .add_option("--batch", options.batches,
                  "Give each step the next rows of a bound input; repeatable")
      ->type_name("NAME=ROWS")
      ->allow_extra_args(false)
      ->check(fault_of_batch);
  command.add_option("--load-params", options.load_params, "Bind params to the arrays of an .npz")
      ->type_name("FILE")
      ->check(fault_of_archive);
  command
      .add_option("--save-params", options.save_params,
                  "Write the params to an .npz, as they are after the last step")
      ->type_name("FILE")
      ->check(fault_of_archive);
}

void add_time_options(CLI::App& command, RunOptions& options) {
  command
      .add_option("--repeat", options.repeats,
                  "Run each step this often, and say how long it took but for the first time")
      ->check(fault_of_count)
      ->type_name("N");
  command.add_flag("--profile", options.profile,
                   "Print each kernel's time, bytes, flops, and share of what the machine can do");
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Compile, run, print or save the outputs");
  command->footer(
      "Example:\n"
      "  tcc run examples/matmul.tc -i A=examples/data/A.npy -i B=examples/data/B.npy --verify\n"
      "prints the product, and how far it is from a reference evaluation.");
  add_program_options(*command, *options);
  command
      ->add_option("-o,--output", options->outputs,
                   "Save an output as .npy or .ppm, or all in one .npz; repeatable")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false)
      ->check(fault_of_output);
  command
      ->add_option("--random", options->seed,
                   "Fill inputs that are not bound: uniform in [-1, 1), integers 0 to 9")
      ->type_name("SEED");
  command->add_flag("--verify", options->verify,
                    "Compare with the reference evaluation, within a derived bound");
  add_step_options(*command, *options);
  add_time_options(*command, *options);
  command->final_callback([options, &action] {
    const auto function = [options](const ProgramOptions&, const ProgramText& text,
                                    const PipelineOptions& pipeline, StageTimer& timer,
                                    Console& console) {
      return run(*options, text, pipeline, timer, console);
    };
    action = program_action(options, function);
  });
}

}  // namespace tcc::driver

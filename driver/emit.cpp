// tcc emit: what the compiler made at one stage.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "driver/input_binding.h"
#include "driver/program_action.h"
#include "driver/stages.h"
#include "ir/printer.h"
#include "runtime/files/replace_file.h"

namespace tcc::driver {

namespace {

using Json = nlohmann::ordered_json;

struct EmitOptions : ProgramOptions {
  std::string stage = "scheduled";
  std::optional<std::string> definition;
  std::string output;
  bool steps = false;
};

std::optional<Stage> find_stage(std::string_view name) {
  for (const StageInfo& info : all_stages()) {
    if (info.name == name) return info.stage;
  }
  return {};
}

bool is_later(std::string_view name) {
  const auto names = later_stages();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string fault_of_stage(const std::string& name) {
  if (find_stage(name) || is_later(name)) return "";
  std::string names;
  for (const StageInfo& info : all_stages()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", info.name);
  }
  return fmt::format("there is no stage '{}': choose one of {}", name, names);
}

/// The nests that each rewrite changed, under the rewrite.
class StepRecorder {
 public:
  struct Step {
    std::string rewrite;
    std::string text;
  };

  void observe(PipelineOptions& pipeline) {
    pipeline.on_variant = [this](const std::string& condition) {
      before_.clear();
      if (!condition.empty()) steps_.push_back({"when " + condition, ""});
      if (condition.empty() && !steps_.empty()) steps_.push_back({"otherwise", ""});
    };
    pipeline.on_step = [this](const ir::ScheduleCommand& command, const ir::LoopProgram& program) {
      Step step{ir::print(command), ""};
      while (step.rewrite.ends_with('\n'))
        step.rewrite.pop_back();
      std::map<std::string, std::string> now;
      for (const ir::Kernel& kernel : program.kernels) {
        std::string text = ir::print(program, kernel);
        if (before_[kernel.name] != text) step.text += text;
        now[kernel.name] = std::move(text);
      }
      before_ = std::move(now);
      steps_.push_back(std::move(step));
    };
  }

  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::map<std::string, std::string> before_;
  std::vector<Step> steps_;
};

std::string text_of(const std::vector<StepRecorder::Step>& steps) {
  std::string text;
  for (const StepRecorder::Step& step : steps) {
    text += fmt::format("{}# {}\n{}", text.empty() ? "" : "\n", step.rewrite, step.text);
  }
  return text.empty() ? "# no rewrites\n" : text;
}

Json json_of(const std::vector<StepRecorder::Step>& steps) {
  Json list = Json::array();
  for (const StepRecorder::Step& step : steps) {
    list.push_back({{"rewrite", step.rewrite}, {"text", step.text}});
  }
  return list;
}

void write(const EmitOptions& options, std::string text, Console& console) {
  if (options.output.empty()) {
    console.out << text;
    return;
  }
  const std::string_view parts[] = {text};
  const auto written = replace_file(options.output, parts);
  if (!written) throw written.error();
}

Lowered lower_program(const EmitOptions& options, const ParsedText& parsed,
                      const PipelineOptions& pipeline) {
  Diagnostics diagnostics;
  const auto names = free_names(parsed.program, pipeline.compile.sizes);
  std::map<std::string, BoundType> types;
  if (!names.empty()) types = bound_types(load_inputs(options.inputs, names));
  Lowered lowered = lower(parsed, types, target_of(options), pipeline, diagnostics);
  if (diagnostics.has_errors()) throw to_error(diagnostics, parsed.sources);
  return lowered;
}

/// The sizes that are known: as set, and as the extents of bound inputs say.
SizeValues known_sizes(const EmitOptions& options, const checked::Program& program,
                       const PipelineOptions& pipeline) {
  std::vector<std::string> names;
  for (const checked::TensorId id : program.inputs)
    names.push_back(program.tensors[id].name);
  SizeValues sizes = pipeline.compile.sizes;
  collect_sizes(program, load_inputs(options.inputs, names), sizes);
  return sizes;
}

ExitCode emit(const EmitOptions& options, const ProgramText& program, PipelineOptions pipeline,
              Console& console) {
  const Stage stage = *find_stage(options.stage);
  StepRecorder recorder;
  if (options.steps) recorder.observe(pipeline);
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(program.text, pipeline, diagnostics);
  if (diagnostics.has_errors()) throw to_error(diagnostics, parsed.sources);
  Lowered lowered;
  if (stage != Stage::ast) lowered = lower_program(options, parsed, pipeline);

  if (pipeline.on_stage) pipeline.on_stage("print");
  StageValues values{parsed, lowered, target_of(options), options.optimization,
                     pipeline.compile.scheduling};
  const bool is_launch = stage == Stage::launch && !options.steps;
  if (is_launch) values.sizes = known_sizes(options, lowered.checked, pipeline);
  std::string text = options.steps               ? text_of(recorder.steps())
                     : is_launch && options.json ? ""
                                                 : stage_text(stage, values, options.definition);
  if (options.json) {
    Json object = {{"stage", options.stage}};
    if (options.definition) object["definition"] = *options.definition;
    if (options.steps) {
      object["steps"] = json_of(recorder.steps());
    } else if (is_launch) {
      object["variants"] = launch_json(values, options.definition);
    } else {
      object["text"] = text;
    }
    text = object.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  }
  write(options, std::move(text), console);
  return ExitCode::done;
}

void require_stage(const EmitOptions& options) {
  if (!is_later(options.stage)) return;
  throw Error(ErrorCategory::environment,
              fmt::format("this version has no stage '{}': it compiles for the CPU only\n"
                          "  help: the machine code of the CPU is --stage asm",
                          options.stage));
}

std::string stage_help() {
  std::string text = "Stages:\n";
  for (const StageInfo& info : all_stages())
    text += fmt::format("  {:<11}{}\n", info.name, info.what);
  return text +
         "\nExample:\n"
         "  tcc emit examples/matmul.tc --stage schedule > my.schedule\n"
         "  tcc emit examples/matmul.tc --schedule my.schedule --steps\n"
         "writes down what the compiler chose, and shows the loop nest after each of its "
         "rewrites.\n"
         "  tcc emit examples/relu_matmul.tc --stage launch --set M=512 --set K=512 --set N=512\n"
         "shows the kernels in order, and which temporaries are in use when.";
}

}  // namespace

void add_emit(CLI::App& app, Action& action) {
  auto options = std::make_shared<EmitOptions>();
  CLI::App* command = app.add_subcommand("emit", "Print what the compiler made at one stage");
  command->footer(stage_help());
  add_program_options(*command, *options);
  command->add_option("--stage", options->stage, "The stage to print")
      ->check(fault_of_stage)
      ->capture_default_str();
  command->add_option("--def", options->definition, "Print one definition only")->type_name("NAME");
  command->add_flag("--steps", options->steps, "Print the loop nest after each rewrite instead");
  command->add_option("-o,--output", options->output, "Write to this file")->type_name("PATH");
  command->final_callback([options, &action] {
    const auto function = [options](const ProgramOptions&, const ProgramText& program,
                                    const PipelineOptions& pipeline, StageTimer&,
                                    Console& console) {
      require_stage(*options);
      return emit(*options, program, pipeline, console);
    };
    action = program_action(options, function);
  });
}

}  // namespace tcc::driver

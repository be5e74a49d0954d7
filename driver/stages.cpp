// Each stage of the pipeline as text.
#include "driver/stages.h"

#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "driver/launch_report.h"
#include "driver/launch_text.h"
#include "driver/report.h"
#include "ir/graph_text.h"
#include "ir/printer.h"
#include "ir/schedulers/choose_schedule.h"
#include "runtime/cpu_jit.h"

namespace tcc::driver {

namespace {

constexpr StageInfo stages[] = {
    {"ast", Stage::ast, "the syntax tree"},
    {"graph", Stage::graph, "comprehensions over axes"},
    {"loops", Stage::loops, "the plain loop nests"},
    {"schedule", Stage::schedule, "the list of rewrites chosen"},
    {"scheduled", Stage::scheduled, "the nests after the rewrites"},
    {"passes", Stage::passes, "the nests after the passes: what code is made of"},
    {"llvm", Stage::llvm, "LLVM IR after optimization"},
    {"asm", Stage::assembly, "assembly"},
    {"launch", Stage::launch, "kernels in order, and the memory that a run needs"},
};

constexpr std::string_view later[] = {"cuda", "ptx", "sass", "cubin"};

using Wanted = std::optional<std::string>;

/// `C` wants C and what is inside it: C.1, C.softmax.m.
bool is_wanted(std::string_view name, const Wanted& definition) {
  if (!definition || name == *definition) return true;
  return name.starts_with(*definition) && name.substr(definition->size()).starts_with('.');
}

[[noreturn]] void refuse(const std::string& definition, const std::vector<std::string>& names) {
  std::string known;
  for (const std::string& name : names)
    known += (known.empty() ? "" : ", ") + name;
  throw program_error(DiagnosticKind::undefined_name,
                      fmt::format("there is no '{}' at this stage", definition),
                      fmt::format("there is: {}", known.empty() ? "nothing" : known));
}

/// The entries of a list that are wanted; refuses where none is.
template <typename T, typename NameOf>
std::vector<T> select(const std::vector<T>& entries, const Wanted& definition,
                      const NameOf& name_of_entry) {
  std::vector<T> selected;
  std::vector<std::string> names;
  for (const T& entry : entries) {
    names.push_back(name_of_entry(entry));
    if (is_wanted(names.back(), definition)) selected.push_back(entry);
  }
  if (definition && selected.empty()) refuse(*definition, names);
  return selected;
}

std::string ast_text(syntax::Program program, const Wanted& definition) {
  if (definition) {
    program.definitions = select(program.definitions, definition,
                                 [](const syntax::Definition& each) { return each.name; });
    program.inputs.clear();
    program.outputs.clear();
  }
  return syntax::print(program);
}

/// Each tensor, and below it what shares its kernel and why.
std::string graph_text(const StageValues& values, const Wanted& definition) {
  const ir::Graph& graph = values.lowered.graph;
  std::vector<std::string> reasons(graph.tensors.size());
  if (values.scheduling == Scheduling::automatic) {
    reasons =
        ir::explain_schedule(graph, values.target, values.parsed.schedule, values.lowered.kept);
  }
  std::vector<std::size_t> positions(graph.tensors.size());
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  const auto name = [&](std::size_t tensor) { return graph.tensors[tensor].name; };
  std::string text;
  for (const std::size_t t : select(positions, definition, name)) {
    text += ir::print_tensor(graph, t);
    if (!reasons[t].empty()) text += "  # " + reasons[t] + "\n";
  }
  return text;
}

std::string schedule_text(ir::Schedule schedule, const Wanted& definition) {
  schedule.blocks = select(schedule.blocks, definition,
                           [](const ir::ScheduleBlock& block) { return block.definition; });
  return ir::print(schedule);
}

ir::LoopProgram kernels_of(ir::LoopProgram program, const Wanted& definition) {
  program.kernels =
      select(program.kernels, definition, [](const ir::Kernel& kernel) { return kernel.name; });
  return program;
}

std::string nest_text(const ir::LoopProgram& program, const Wanted& definition) {
  if (!definition) return ir::print(program);
  const ir::LoopProgram selected = kernels_of(program, definition);
  std::string text;
  for (const ir::Kernel& kernel : selected.kernels)
    text += ir::print(selected, kernel);
  return text;
}

std::string machine_text(const ir::LoopProgram& program, const StageValues& values,
                         const Wanted& definition, CpuText form) {
  auto text =
      cpu_code_text(kernels_of(program, definition), {values.target, values.optimization}, form);
  if (!text) throw Error(ErrorCategory::environment, text.error());
  return std::move(*text);
}

LaunchReport launch_of(const LoweredVariant& variant, const StageValues& values,
                       const Wanted& definition) {
  static_cast<void>(kernels_of(variant.final, definition));  // refuses what is not there
  return launch_report(variant.final, values.lowered.checked, values.sizes,
                       [&](std::string_view name) { return is_wanted(name, definition); });
}

/// The text of each variant, under its condition where there are several.
template <typename TextOf>
std::string variants_text(const Lowered& lowered, std::string_view comment, const TextOf& text_of) {
  if (lowered.variants.size() == 1) return text_of(lowered.general());
  std::string text;
  for (const LoweredVariant& variant : lowered.variants) {
    if (!text.empty()) text += text.ends_with('\n') ? "\n" : "\n\n";
    text += fmt::format("{} {}{}\n", comment, variant.condition.empty() ? "otherwise" : "when ",
                        variant.condition);
    text += text_of(variant);
  }
  return text;
}

std::string text_of(Stage stage, const StageValues& values, const Wanted& definition) {
  const Lowered& lowered = values.lowered;
  switch (stage) {
    case Stage::ast: return ast_text(values.parsed.program, definition);
    case Stage::graph: return graph_text(values, definition);
    case Stage::loops: return nest_text(lowered.loops, definition);
    case Stage::schedule: return schedule_text(lowered.schedule, definition);
    case Stage::scheduled:
      return variants_text(lowered, "#", [&](const LoweredVariant& variant) {
        return nest_text(variant.scheduled, definition);
      });
    case Stage::passes:
      return variants_text(lowered, "#", [&](const LoweredVariant& variant) {
        return nest_text(variant.final, definition);
      });
    case Stage::llvm:
      return variants_text(lowered, ";", [&](const LoweredVariant& variant) {
        return machine_text(variant.final, values, definition, CpuText::llvm);
      });
    case Stage::assembly:
      return variants_text(lowered, "#", [&](const LoweredVariant& variant) {
        return machine_text(variant.final, values, definition, CpuText::assembly);
      });
    case Stage::launch:
      return variants_text(lowered, "#", [&](const LoweredVariant& variant) {
        return launch_text(launch_of(variant, values, definition));
      });
  }
  bug("a stage without text");
}

}  // namespace

std::span<const StageInfo> all_stages() { return stages; }
std::span<const std::string_view> later_stages() { return later; }

std::string stage_text(Stage stage, const StageValues& values, const Wanted& definition) {
  std::string text = text_of(stage, values, definition);
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return text;
}

nlohmann::ordered_json launch_json(const StageValues& values, const Wanted& definition) {
  nlohmann::ordered_json variants = nlohmann::ordered_json::array();
  for (const LoweredVariant& variant : values.lowered.variants) {
    nlohmann::ordered_json object = {{"condition", variant.condition}};
    object.update(to_json(launch_of(variant, values, definition)));
    variants.push_back(std::move(object));
  }
  return variants;
}

}  // namespace tcc::driver

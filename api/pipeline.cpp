// The way from text to machine code as bare calls.
#include "api/pipeline.h"

#include <algorithm>
#include <map>
#include <set>

#include "api/import_files.h"
#include "api/size_numbers.h"
#include "frontend/expand_functions.h"
#include "frontend/lower_to_graph.h"
#include "frontend/parser.h"
#include "ir/schedule_variants.h"
#include "ir/schedulers/choose_schedule.h"
#include "ir/schedulers/parallel_loops.h"
#include "ir/verifier.h"
#include "runtime/float_mode.h"

namespace tcc {

namespace {

void announce(const PipelineOptions& options, std::string_view stage) {
  if (options.on_stage) options.on_stage(stage);
}

void append_blocks(ir::Schedule& schedule, ir::Schedule more) {
  for (ir::ScheduleBlock& block : more.blocks)
    schedule.blocks.push_back(std::move(block));
}

/// Where functions could not be written out, all else is reported too; types of free names are not
/// known yet.
void check_rest(const ParsedText& parsed, const PipelineOptions& options,
                Diagnostics& diagnostics) {
  if (!free_names(parsed.program, options.compile.sizes).empty()) return;
  check(parsed.program, {options.compile.sizes, {}, options.compile.numbers}, diagnostics);
}

/// The definitions that a command is about, other than by its loops.
std::set<std::string> definitions_in(const ir::Graph& graph, const ir::ScheduleBlock& block,
                                     const ir::ScheduleCommand& command) {
  std::set<std::string> names;
  for (const ir::ScheduleArgument& argument : command.arguments) {
    const auto* name = std::get_if<std::string>(&argument.value);
    const bool is_definition =
        name && std::any_of(graph.tensors.begin(), graph.tensors.end(),
                            [&](const ir::Tensor& tensor) { return tensor.name == *name; });
    if (is_definition) names.insert(*name);
  }
  if (names.empty()) names.insert(block.definition);
  return names;
}

bool is_written(const ir::ScheduleCommand& command) {
  return command.span.end > command.span.begin;
}

/// Chooses variants of the lowered program's schedule and applies each.
class VariantScheduler {
 public:
  VariantScheduler(Lowered& lowered, const ir::Target& target, const PipelineOptions& options)
      : lowered_(lowered),
        target_(target),
        options_(options),
        order_(options.compile.strict ? ir::Reassociation::forbidden : ir::Reassociation::allowed) {
  }

  /// Chooses what is not given until it applies: see choose_schedule().
  void choose(const ir::Schedule& given, Diagnostics& diagnostics) {
    std::set<std::string>& kept = lowered_.kept;
    for (bool is_refused = true; is_refused;) {
      is_refused = false;
      lowered_.schedule = ir::choose_schedule(lowered_.graph, target_, given, kept, order_);
      const auto keep = [&](const ir::ScheduleBlock& block, const ir::ScheduleCommand& command) {
        if (is_written(command)) return;
        for (const std::string& name : definitions_in(lowered_.graph, block, command))
          is_refused |= kept.insert(name).second;
      };
      Diagnostics refusals;
      const std::set<std::string> given_names = ir::names_in(given, target_.kind);
      std::vector<std::vector<ir::ScheduleBlock>> parallel;  // of each variant
      apply({.on_refusal = keep,
             .complete =
                 [&](ir::IndexedProgram& program) {
                   parallel.push_back(ir::make_loops_parallel(program, given_names));
                 }},
            {}, refusals);
      if (is_refused || refusals.has_errors()) continue;
      add(parallel);
      if (parallel.size() == 1 && !options_.on_step) return;
    }
    apply({}, options_.on_step, diagnostics);
  }

  void apply_given(Diagnostics& diagnostics) { apply({}, options_.on_step, diagnostics); }

 private:
  /// The blocks that all variants have: where a loop is parallel in some only, as their sizes have
  /// it, it is in none.
  void add(const std::vector<std::vector<ir::ScheduleBlock>>& parallel) {
    std::map<std::string, std::size_t> variants_with;
    for (const auto& blocks : parallel)
      for (const ir::ScheduleBlock& block : blocks)
        ++variants_with[ir::print(ir::Schedule{{block}})];
    for (const ir::ScheduleBlock& block : parallel.front()) {
      if (variants_with[ir::print(ir::Schedule{{block}})] == parallel.size())
        lowered_.schedule.blocks.push_back(block);
    }
  }

  void apply(ir::ScheduleOptions options, const ir::StepObserver& on_step,
             Diagnostics& diagnostics) {
    options.target = target_.kind;
    options.reassociation = order_;
    const auto variants = ir::choose_variants(lowered_.schedule, lowered_.loops,
                                              options_.compile.sizes, target_.kind, diagnostics);
    lowered_.variants.clear();
    for (const ir::ChosenVariant& variant : variants) {
      ir::LoopProgram plain = lowered_.loops;
      plain.facts = variant.facts;
      if (on_step && options_.on_variant) options_.on_variant(variant.condition);
      ir::LoopProgram scheduled =
          ir::apply_schedule(variant.schedule, std::move(plain), options, diagnostics, on_step);
      lowered_.variants.push_back({variant.condition, variant.holds, std::move(scheduled), {}});
      if (diagnostics.has_errors()) return;
    }
  }

  Lowered& lowered_;
  const ir::Target& target_;
  const PipelineOptions& options_;
  ir::Reassociation order_;
};

}  // namespace

ParsedText parse_text(std::string_view text, const PipelineOptions& options,
                      Diagnostics& diagnostics) {
  const DefaultFloatMode mode;
  ParsedText parsed;
  const SourceId program = parsed.sources.add(options.compile.file, std::string(text));
  const SourceId schedule =
      parsed.sources.add(options.compile.schedule_file, options.compile.schedule);
  announce(options, "parse");
  parsed.program = parse(parsed.sources, program, diagnostics);
  parsed.imports = import_files(parsed.program, parsed.sources, diagnostics);
  announce(options, "expand");
  const bool is_whole = !diagnostics.has_errors();
  expand_functions(parsed.program, parsed.sources, diagnostics);
  if (is_whole && diagnostics.has_errors()) check_rest(parsed, options, diagnostics);
  for (const syntax::ScheduleText& block : parsed.program.schedules) {
    append_blocks(parsed.schedule, ir::parse_schedule(parsed.sources, block.span, diagnostics));
  }
  const auto length = static_cast<std::uint32_t>(options.compile.schedule.size());
  append_blocks(parsed.schedule,
                ir::parse_schedule(parsed.sources, Span{schedule, 0, length}, diagnostics));
  return parsed;
}

const LoweredVariant& variant_for(const Lowered& lowered, const SizeValues& sizes) {
  const auto numbers = size_numbers(lowered.loops, sizes);
  // One that leaves 64 bits on the way has no value, and does not hold.
  const auto holds = [&](const LoweredVariant& variant) {
    return !variant.holds || known_over_sizes(variant.holds, numbers).value_or(0) != 0;
  };
  return *std::find_if(lowered.variants.begin(), lowered.variants.end(), holds);
}

Lowered lower(const ParsedText& text, const std::map<std::string, BoundType>& free_names,
              const ir::Target& target, const PipelineOptions& options, Diagnostics& diagnostics) {
  const DefaultFloatMode mode;
  Lowered lowered;
  announce(options, "check");
  lowered.checked = check(
      text.program, {options.compile.sizes, free_names, options.compile.numbers}, diagnostics);
  if (diagnostics.has_errors()) return lowered;

  announce(options, "lower");
  lowered.graph = lower_to_graph(lowered.checked);
  lowered.loops = ir::lower_to_loops(lowered.graph);
  ir::check_valid(lowered.loops, "lower_to_loops");

  announce(options, "schedule");
  VariantScheduler scheduler(lowered, target, options);
  if (options.compile.scheduling == Scheduling::automatic)
    scheduler.choose(text.schedule, diagnostics);
  else
    scheduler.apply_given(diagnostics);
  if (diagnostics.has_errors()) return lowered;

  announce(options, "passes");
  for (LoweredVariant& variant : lowered.variants) {
    variant.final = ir::run_passes(variant.scheduled, {options.compile.strict}, options.on_pass);
  }
  return lowered;
}

}  // namespace tcc

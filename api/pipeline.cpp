// The way from text to machine code as bare calls.
#include "api/pipeline.h"

#include "api/import_files.h"
#include "frontend/expand_functions.h"
#include "frontend/lower_to_graph.h"
#include "frontend/parser.h"
#include "ir/schedulers/choose_schedule.h"
#include "ir/verifier.h"

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
  check(parsed.program, {options.compile.sizes, {}}, diagnostics);
}

}  // namespace

ParsedText parse_text(std::string_view text, const PipelineOptions& options,
                      Diagnostics& diagnostics) {
  ParsedText parsed;
  const SourceId program = parsed.sources.add(options.compile.file, std::string(text));
  const SourceId schedule = parsed.sources.add("<schedule>", options.compile.schedule);
  announce(options, "parse");
  parsed.program = parse(parsed.sources, program, diagnostics);
  import_files(parsed.program, parsed.sources, diagnostics);
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

Lowered lower(const ParsedText& text, const std::map<std::string, BoundType>& free_names,
              const ir::Target& target, const PipelineOptions& options, Diagnostics& diagnostics) {
  Lowered lowered;
  announce(options, "check");
  lowered.checked = check(text.program, {options.compile.sizes, free_names}, diagnostics);
  if (diagnostics.has_errors()) return lowered;

  announce(options, "lower");
  lowered.graph = lower_to_graph(lowered.checked);
  lowered.loops = ir::lower_to_loops(lowered.graph);
  ir::check_valid(lowered.loops, "lower_to_loops");

  announce(options, "schedule");
  if (options.compile.scheduling == Scheduling::automatic) {
    lowered.schedule = ir::choose_schedule(lowered.graph, target, text.schedule);
  }
  const auto order =
      options.compile.strict ? ir::Reassociation::forbidden : ir::Reassociation::allowed;
  lowered.scheduled = ir::apply_schedule(lowered.schedule, lowered.loops, {target.kind, order},
                                         diagnostics, options.on_step);
  if (diagnostics.has_errors()) return lowered;

  announce(options, "passes");
  lowered.final = ir::run_passes(lowered.scheduled, {options.compile.strict}, options.on_pass);
  return lowered;
}

}  // namespace tcc

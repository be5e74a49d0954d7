// What must hold of any text.
#include "tests/fuzz/properties.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/interpreted_run.h"
#include "api/iteration_count.h"
#include "api/pipeline.h"
#include "frontend/format.h"
#include "frontend/parser.h"
#include "frontend/reference.h"
#include "ir/printer.h"

namespace tcc::fuzz {

namespace {

constexpr std::int64_t most_iterations = 20'000;
constexpr std::size_t most_nodes = 2'000;

[[noreturn]] void fail(const std::string& what) { throw std::logic_error(what); }

/// Renders, so that carets and notes are tried too. False without errors.
bool is_refused(const Diagnostics& diagnostics, const SourceMap& sources) {
  if (!diagnostics.has_errors()) return false;
  if (render(diagnostics, sources, Color::always).empty()) fail("an error without a text");
  for (const Diagnostic& each : to_public(diagnostics, sources)) {
    if (each.message.empty()) fail("an error without a message");
  }
  return true;
}

/// The tree as text; "" for a wrong program.
std::string tree_of(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const SourceId source = sources.add("<fuzz>", text);
  const syntax::Program program = parse(sources, source, diagnostics);
  return is_refused(diagnostics, sources) ? "" : syntax::print(program);
}

std::optional<std::string> formatted(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  auto result = format(sources, sources.add("<fuzz>", text), diagnostics);
  if (!result && !is_refused(diagnostics, sources)) fail("not formatted, without an error");
  return result;
}

void check_format(const std::string& text) {
  const auto once = formatted(text);
  if (!once) return;
  const auto twice = formatted(*once);
  if (!twice || *twice != *once) fail(fmt::format("formatting is not stable:\n{}", *once));
  if (tree_of(text) != tree_of(*once)) fail(fmt::format("formatting changes the tree:\n{}", *once));
}

/// The outputs of a run must be what the reference wants, unless a computed index stops it.
void check_values(const ir::LoopProgram& loops, const checked::Program& program,
                  const tcc::Run& run, std::string_view which) {
  if (iteration_count(loops) > most_iterations) return;
  Diagnostics diagnostics;
  const auto outputs = tcc::new_results(program, run.sizes, diagnostics);
  if (diagnostics.has_errors()) return;
  try {
    tcc::interpret(loops, program, run, outputs);
  } catch (const Error& error) {
    if (error.category() != ErrorCategory::program) throw;
    return;
  }
  const auto expected = evaluate_reference(program, run.inputs, run.sizes);
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const Comparison comparison = compare(outputs[o], expected[o]);
    if (comparison.within_bounds) continue;
    fail(fmt::format("{} nests: {}[{}] is {}, expected {} +- {}", which,
                     program.tensors[tcc::results_of(program)[o]].name,
                     fmt::join(comparison.worst, ", "), comparison.got, comparison.expected,
                     comparison.allowed));
  }
}

Reached check_run(const Lowered& lowered) {
  constexpr auto too_large = Reached::compiled;
  if (lowered.checked.nodes.size() > most_nodes || !lowered.checked.size_names.empty()) {
    return too_large;
  }
  if (iteration_count(lowered.loops) > most_iterations) return too_large;
  Diagnostics diagnostics;
  const tcc::Run run = tcc::random_run(lowered.checked, {}, 1, diagnostics);
  if (diagnostics.has_errors()) return Reached::compiled;
  check_values(lowered.loops, lowered.checked, run, "plain");
  check_values(lowered.general().final, lowered.checked, run, "final");
  return Reached::ran;
}

/// Types for the names that a program leaves open, so that it can be checked.
std::map<std::string, BoundType> types_of_free_names(const ParsedText& text) {
  std::map<std::string, BoundType> types;
  for (const std::string& name : free_names(text.program, {}))
    types[name] = {DType::f32, {2, 2}};
  return types;
}

/// The size names of the program, as it is before any has a value.
SizeValues sizes_of_two(const ParsedText& text, const std::map<std::string, BoundType>& types) {
  Diagnostics diagnostics;
  const checked::Program program = check(text.program, {{}, types}, diagnostics);
  SizeValues sizes;
  if (diagnostics.has_errors()) return sizes;
  for (const std::string& name : program.size_names)
    sizes[name] = 2;
  return sizes;
}

// --- schedules

constexpr std::string_view programs[] = {
    "input A: f32[5, 6], B: f32[6, 7], bias: f32[7]\nC = relu(A @ B + bias)\n",
    "input x: f32[4, 9]\ny = softmax(x)\n",
    "input x: f32[37]\na = x * 2.0\nb = a + x\nc = sum(a * b)\noutput b, c\n",
    "input x: i32[6, 8]\ny[i, j] = where(i > 0, x[i - 1, j], 0) + sum[k](x[i, k])\nz = y.T[1:]\n",
    "input x: f32[3, 5], w: f32[5]\nd = x * w\ne = max(d, axis = 0)\nf = d - e\noutput f\n",
};

/// Nothing where the schedule is refused.
std::optional<Lowered> lowered_with(ParsedText text, const ir::Schedule& schedule,
                                    Diagnostics& diagnostics) {
  text.schedule = schedule;
  Lowered lowered = lower(text, {}, *ir::find_target("cpu:x86-64-v3"), {}, diagnostics);
  if (is_refused(diagnostics, text.sources)) return {};
  return lowered;
}

}  // namespace

std::span<const std::string_view> scheduled_programs() { return programs; }

Reached check_source(std::string_view text) {
  check_format(std::string(text));
  Diagnostics diagnostics;
  const ParsedText parsed = parse_text(text, {}, diagnostics);
  if (is_refused(diagnostics, parsed.sources)) return Reached::refused;
  const auto types = types_of_free_names(parsed);
  PipelineOptions options;
  auto reached = Reached::refused;
  for (const bool with_sizes : {false, true}) {
    if (with_sizes) options.compile.sizes = sizes_of_two(parsed, types);
    Diagnostics errors;
    const Lowered lowered =
        lower(parsed, types, *ir::find_target("cpu:x86-64-v3"), options, errors);
    if (is_refused(errors, parsed.sources)) continue;
    reached = with_sizes ? check_run(lowered) : Reached::compiled;
  }
  return reached;
}

Reached check_schedule(std::string_view bytes) {
  if (bytes.empty()) return Reached::refused;
  const auto which = static_cast<unsigned char>(bytes[0]) % std::size(programs);
  Diagnostics diagnostics;
  ParsedText text = parse_text(programs[which], {}, diagnostics);
  const SourceId source = text.sources.add("<schedule>", std::string(bytes.substr(1)));
  const auto length = static_cast<std::uint32_t>(bytes.size() - 1);
  const ir::Schedule schedule =
      ir::parse_schedule(text.sources, Span{source, 0, length}, diagnostics);
  if (is_refused(diagnostics, text.sources)) return Reached::refused;
  const auto lowered = lowered_with(text, schedule, diagnostics);
  if (!lowered) return Reached::refused;
  const Reached reached = check_run(*lowered);

  const std::string printed = ir::print(lowered->schedule);
  const SourceId again = text.sources.add("<printed>", printed);
  const ir::Schedule pasted = ir::parse_schedule(
      text.sources, Span{again, 0, static_cast<std::uint32_t>(printed.size())}, diagnostics);
  if (is_refused(diagnostics, text.sources)) fail("what is printed does not parse:\n" + printed);
  if (ir::print(pasted) != printed) fail("what is printed reads otherwise:\n" + printed);
  const auto same = lowered_with(text, pasted, diagnostics);
  if (!same) fail("what is printed is refused:\n" + printed);
  if (ir::print(same->general().scheduled) != ir::print(lowered->general().scheduled))
    fail("what is printed makes other nests:\n" + printed);
  return reached;
}

}  // namespace tcc::fuzz

// Runs one program by every evaluator and says where they do not agree.
#include "api/agreement.h"

#include <bit>
#include <cmath>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/executable.h"
#include "api/interpreted_run.h"
#include "dsl/dtypes.h"
#include "dsl/narrow_float.h"
#include "frontend/reference.h"

namespace tcc {

namespace {

Agreement agreed() { return {Outcome::agree, ""}; }

/// Whether all of `outputs` are right.
Agreement judged(const std::vector<Tensor>& outputs, const checked::Program& program,
                 const std::vector<ReferenceTensor>& expected, const std::string& evaluator) {
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const Comparison comparison = compare(outputs[o], expected[o]);
    if (comparison.within_bounds) continue;
    return {
        Outcome::disagree,
        fmt::format("{}: {}[{}] is {}, expected {} +- {}", evaluator,
                    program.tensors[results_of(program)[o]].name, fmt::join(comparison.worst, ", "),
                    comparison.got, comparison.expected, comparison.allowed),
        evaluator};
  }
  return agreed();
}

/// Two NaNs count as the same bits: hardware and language leave their signs open.
bool same_element(const Tensor& a, const Tensor& b, std::int64_t e) {
  const auto bits_of = [e](const Tensor& tensor) {
    const std::size_t bytes = size_in_bytes(tensor.dtype());
    std::uint64_t bits = 0;
    std::memcpy(&bits, static_cast<const std::byte*>(tensor.raw_data()) + e * bytes, bytes);
    return bits;
  };
  const auto is_nan = [&a](std::uint64_t bits) {
    switch (a.dtype()) {
      case DType::f64: return std::isnan(std::bit_cast<double>(bits));
      case DType::f32: return std::isnan(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
      case DType::f16:
      case DType::bf16: return std::isnan(number_of(static_cast<std::uint16_t>(bits), a.dtype()));
      default: return false;
    }
  };
  const std::uint64_t left = bits_of(a), right = bits_of(b);
  return left == right || (is_nan(left) && is_nan(right));
}

Agreement same_bits(const std::vector<Tensor>& machine, const std::vector<Tensor>& interpreted,
                    const checked::Program& program) {
  for (std::size_t o = 0; o < machine.size(); ++o) {
    for (std::int64_t e = 0; e < machine[o].element_count(); ++e) {
      if (same_element(machine[o], interpreted[o], e)) continue;
      return {Outcome::disagree,
              fmt::format("machine code and interpreter differ at element {} of {}", e,
                          program.tensors[results_of(program)[o]].name),
              "machine code"};
    }
  }
  return agreed();
}

/// What is compiled once, for all sizes.
struct Compiled {
  std::shared_ptr<const ParsedText> text;
  std::shared_ptr<const Executable> code;  ///< null without LLVM
  Lowered without_code;                    ///< used without LLVM

  const Lowered& lowered() const { return code ? code->lowered() : without_code; }
};

/// What stops a run by the program's own values, a computed index; "" where nothing does.
template <typename Function> std::string stop_of(Function run) {
  try {
    run();
  } catch (const Error& error) {
    if (error.category() != ErrorCategory::program) throw;
    return error.what();
  }
  return "";
}

Agreement stopped(const std::string& plain, const std::string& scheduled,
                  const std::string& machine) {
  if (!plain.empty() && !scheduled.empty() && !machine.empty())
    return {Outcome::rejected, plain + " [index-out-of-range]"};
  return {Outcome::disagree,
          fmt::format("not all stop: plain loops '{}', scheduled loops '{}', machine code '{}'",
                      plain, scheduled, machine),
          "not all stop"};
}

/// Machine code, into memory for results_of() the program.
void run_code(const Executable& code, const Run& run, std::span<const Tensor> results) {
  const std::size_t outputs = code.signature().outputs.size();
  code.run(run.inputs, {results.first(outputs), results.subspan(outputs)});
}

Agreement evaluate_all(const Compiled& compiled, const SizeValues& sizes, std::uint64_t seed) {
  const checked::Program& program = compiled.lowered().checked;
  Diagnostics diagnostics;
  const Run run = random_run(program, sizes, seed, diagnostics);
  if (diagnostics.has_errors())
    return {Outcome::rejected, render(diagnostics, compiled.text->sources)};
  const auto plain = new_results(program, run.sizes, diagnostics);
  const auto scheduled = new_results(program, run.sizes, diagnostics);
  const auto machine = new_results(program, run.sizes, diagnostics);

  const auto plain_stop =
      stop_of([&] { interpret(compiled.lowered().loops, program, run, plain); });
  const ir::LoopProgram& final = variant_for(compiled.lowered(), run.sizes).final;
  const auto scheduled_stop = stop_of([&] { interpret(final, program, run, scheduled); });
  auto machine_stop = scheduled_stop;
  if (compiled.code) machine_stop = stop_of([&] { run_code(*compiled.code, run, machine); });
  if (!plain_stop.empty() || !scheduled_stop.empty() || !machine_stop.empty())
    return stopped(plain_stop, scheduled_stop, machine_stop);

  const auto expected = evaluate_reference(program, run.inputs, run.sizes);
  Agreement agreement = judged(plain, program, expected, "plain loops");
  if (agreement.outcome == Outcome::agree)
    agreement = judged(scheduled, program, expected, "scheduled loops");
  if (agreement.outcome == Outcome::agree && compiled.code)
    agreement = same_bits(machine, scheduled, program);
  return agreement;
}

/// A message without what names and counts: "'T1' is accessed outside: index 3" of another program.
std::string without_names(std::string_view message) {
  std::string kept;
  bool quoted = false;
  for (const char c : message) {
    if (c == '\n') break;
    if (c == '\'') quoted = !quoted;
    if (!quoted && (c < '0' || c > '9')) kept += c;
  }
  return kept;
}

/// `f`, where what it throws counts as a disagreement.
template <typename Function> Agreement guarded(Function f) {
  try {
    return f();
  } catch (const std::exception& failure) {
    return {Outcome::disagree, failure.what(), without_names(failure.what())};
  }
}

Agreement compile(const Subject& subject, Compiled& compiled) {
  Diagnostics diagnostics;
  PipelineOptions options;
  options.compile = subject.compile;
  compiled.text = std::make_shared<ParsedText>(parse_text(subject.text, options, diagnostics));
  if (diagnostics.has_errors())
    return {Outcome::rejected, render(diagnostics, compiled.text->sources)};
  try {
    compiled.code =
        Executable::compile(compiled.text, subject.free_names, ir::host_target(), options);
  } catch (const Error& error) {
    if (error.category() == ErrorCategory::program) return {Outcome::rejected, error.what()};
    if (error.category() == ErrorCategory::bug || has_machine_code()) throw;
    compiled.without_code =
        lower(*compiled.text, subject.free_names, ir::host_target(), options, diagnostics);
  }
  return agreed();
}

}  // namespace

bool is_condition_on_sizes(std::string_view explanation) {
  for (const char* kind :
       {"[empty-reduction]", "[out-of-bounds]", "[size-mismatch]", "[range-conflict]",
        "[index-out-of-range]", "[unbound-index]", "does not fit"}) {
    if (explanation.find(kind) != std::string_view::npos) return true;
  }
  return false;
}

std::vector<Agreement> check_agreement(std::string_view text, std::span<const SizeValues> sizes,
                                       std::uint64_t seed, int optimization) {
  Subject subject{text, {}};
  subject.compile.optimization = optimization;
  return check_agreement(subject, sizes, seed);
}

std::vector<Agreement> check_agreement(const Subject& subject, std::span<const SizeValues> sizes,
                                       std::uint64_t seed) {
  Compiled compiled;
  const Agreement compiles = guarded([&] { return compile(subject, compiled); });
  if (compiles.outcome != Outcome::agree) return std::vector(sizes.size(), compiles);
  std::vector<Agreement> agreements;
  for (const SizeValues& one : sizes) {
    agreements.push_back(guarded([&] { return evaluate_all(compiled, one, seed); }));
  }
  return agreements;
}

bool has_machine_code() {
  Compiled compiled;
  compile({"input x: f32[2]\ny = x + 1.0\n", {}}, compiled);
  return compiled.code != nullptr;
}

}  // namespace tcc

// Runs one program by every evaluator and says where they do not agree.
#include "tests/property/agreement.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <random>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/bind_inputs.h"
#include "api/executable.h"
#include "dsl/dtypes.h"
#include "dsl/narrow_float.h"
#include "frontend/reference.h"
#include "ir/interpreter.h"

namespace tcc::property {

namespace {

/// What a run has: inputs and sizes.
struct Run {
  std::vector<Tensor> inputs;
  SizeValues sizes;
};

/// Floats in [-1, 1], some of them whole, so that comparisons meet equality and sums cancel;
/// small integers, some of any size.
template <typename Element, typename Convert>
void fill(const Tensor& tensor, std::mt19937_64& random, Convert convert) {
  auto* elements = static_cast<Element*>(tensor.raw_data());
  for (std::int64_t e = 0; e < tensor.element_count(); ++e) {
    const auto number = static_cast<double>(random() % 4'000'001) / 2'000'000 - 1;
    elements[e] = convert(random() % 8 == 0 ? std::round(2 * number) : number);
  }
}

template <typename Integer> void fill_integers(const Tensor& tensor, std::mt19937_64& random) {
  auto* elements = static_cast<Integer*>(tensor.raw_data());
  for (std::int64_t e = 0; e < tensor.element_count(); ++e) {
    const std::uint64_t bits = random();
    elements[e] = static_cast<Integer>(random() % 8 == 0 ? bits : bits % 12 - 4);
  }
}

void fill(const Tensor& tensor, std::mt19937_64& random) {
  const DType dtype = tensor.dtype();
  switch (dtype) {
    case DType::f64: return fill<double>(tensor, random, [](double number) { return number; });
    case DType::f32:
      return fill<float>(tensor, random, [](double number) { return static_cast<float>(number); });
    case DType::f16:
    case DType::bf16:
      return fill<std::uint16_t>(tensor, random,
                                 [dtype](double number) { return narrow_bits(number, dtype); });
    case DType::boolean:
      return fill<std::uint8_t>(tensor, random,
                                [](double number) { return std::uint8_t{number > 0}; });
    default: break;
  }
  switch (size_in_bytes(dtype)) {
    case 1: return fill_integers<std::uint8_t>(tensor, random);
    case 2: return fill_integers<std::uint16_t>(tensor, random);
    case 4: return fill_integers<std::uint32_t>(tensor, random);
    default: return fill_integers<std::uint64_t>(tensor, random);
  }
}

std::vector<Tensor> random_inputs(const checked::Program& program, const SizeValues& sizes,
                                  std::uint64_t seed, Diagnostics& diagnostics) {
  std::mt19937_64 random(seed);
  std::vector<Tensor> inputs;
  for (const checked::TensorId id : program.inputs) {
    const checked::Tensor& tensor = program.tensors[id];
    std::vector<std::int64_t> shape;
    for (const Extent& extent : tensor.shape) {
      shape.push_back(extent.evaluate(sizes).value());
      if (shape.back() >= 0) continue;
      diagnostics.error(DiagnosticKind::size_mismatch, tensor.span, "no input has this shape");
      return {};
    }
    inputs.push_back(Tensor::empty(tensor.dtype, shape));
    fill(inputs.back(), random);
  }
  return inputs;
}

std::vector<Tensor> new_outputs(const checked::Program& program, const SizeValues& sizes,
                                Diagnostics& diagnostics) {
  std::vector<Tensor> outputs;
  for (const checked::TensorId id : program.outputs) {
    const checked::Tensor& tensor = program.tensors[id];
    outputs.push_back(Tensor::empty(tensor.dtype, concrete_shape(tensor, sizes, diagnostics)));
  }
  return outputs;
}

const Tensor& named(const std::string& name, const checked::Program& program,
                    const std::vector<checked::TensorId>& ids, const std::vector<Tensor>& tensors) {
  for (std::size_t t = 0; t < ids.size(); ++t) {
    if (program.tensors[ids[t]].name == name) return tensors[t];
  }
  bug(fmt::format("no tensor of the program is called '{}'", name));
}

void interpret_into(const ir::LoopProgram& loops, const checked::Program& program, const Run& run,
                    const std::vector<Tensor>& outputs) {
  std::vector<Tensor> buffers;
  for (const ir::Buffer& buffer : loops.buffers) {
    if (buffer.use == ir::BufferUse::input) {
      buffers.push_back(named(buffer.name, program, program.inputs, run.inputs));
    } else if (buffer.use == ir::BufferUse::output) {
      buffers.push_back(named(buffer.name, program, program.outputs, outputs));
    }
  }
  std::vector<std::int64_t> size_values;
  for (const ir::Expr& size : loops.sizes) {
    size_values.push_back(run.sizes.at(ir::as<ir::Var>(size)->name));
  }
  ir::interpret(loops, buffers, size_values);
}

Agreement agreed() { return {Outcome::agree, ""}; }

/// Whether all of `outputs` are right.
Agreement judged(const std::vector<Tensor>& outputs, const checked::Program& program,
                 const std::vector<ReferenceTensor>& expected, const std::string& evaluator) {
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const Comparison comparison = compare(outputs[o], expected[o]);
    if (comparison.within_bounds) continue;
    return {Outcome::disagree,
            fmt::format("{}: {}[{}] is {}, expected {} +- {}", evaluator,
                        program.tensors[program.outputs[o]].name, fmt::join(comparison.worst, ", "),
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
                          program.tensors[program.outputs[o]].name),
              "machine code"};
    }
  }
  return agreed();
}

/// Machine code for the text, or null where the build has none.
std::shared_ptr<const Executable> machine_code(const std::shared_ptr<const ParsedText>& text,
                                               const ir::Target& target) {
  try {
    return Executable::compile(text, {}, target, {});
  } catch (const Error& error) {
    if (error.category() != ErrorCategory::environment) throw;
    return nullptr;
  }
}

/// What is compiled once, for all sizes.
struct Compiled {
  std::shared_ptr<const ParsedText> text;
  Lowered lowered;
  std::shared_ptr<const Executable> code;  ///< null without LLVM
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

Agreement evaluate_all(const Compiled& compiled, const SizeValues& sizes, std::uint64_t seed) {
  const checked::Program& program = compiled.lowered.checked;
  Diagnostics diagnostics;
  Run run{random_inputs(program, sizes, seed, diagnostics), {}};
  if (!diagnostics.has_errors()) run.sizes = bind_inputs(program, run.inputs, diagnostics);
  if (diagnostics.has_errors())
    return {Outcome::rejected, render(diagnostics, compiled.text->sources)};
  const auto plain = new_outputs(program, run.sizes, diagnostics);
  const auto scheduled = new_outputs(program, run.sizes, diagnostics);
  const auto machine = new_outputs(program, run.sizes, diagnostics);

  const auto plain_stop =
      stop_of([&] { interpret_into(compiled.lowered.loops, program, run, plain); });
  const auto scheduled_stop =
      stop_of([&] { interpret_into(compiled.lowered.final, program, run, scheduled); });
  auto machine_stop = scheduled_stop;
  if (compiled.code)
    machine_stop = stop_of([&] { compiled.code->run(run.inputs, machine, run.sizes); });
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

Agreement compile(std::string_view text, Compiled& compiled) {
  Diagnostics diagnostics;
  const ir::Target target = ir::host_target();
  compiled.text = std::make_shared<ParsedText>(parse_text(text, {}, diagnostics));
  if (!diagnostics.has_errors()) {
    compiled.lowered = lower(*compiled.text, {}, target, {}, diagnostics);
  }
  if (diagnostics.has_errors()) {
    return {Outcome::rejected, render(diagnostics, compiled.text->sources)};
  }
  compiled.code = machine_code(compiled.text, target);
  return agreed();
}

}  // namespace

bool is_condition_on_sizes(std::string_view explanation) {
  for (const char* kind : {"[empty-reduction]", "[out-of-bounds]", "[size-mismatch]",
                           "[range-conflict]", "[index-out-of-range]", "[unbound-index]"}) {
    if (explanation.find(kind) != std::string_view::npos) return true;
  }
  return false;
}

std::vector<Agreement> check_agreement(std::string_view text, std::span<const SizeValues> sizes,
                                       std::uint64_t seed) {
  Compiled compiled;
  const Agreement compiles = guarded([&] { return compile(text, compiled); });
  if (compiles.outcome != Outcome::agree) return std::vector(sizes.size(), compiles);
  std::vector<Agreement> agreements;
  for (const SizeValues& one : sizes) {
    agreements.push_back(guarded([&] { return evaluate_all(compiled, one, seed); }));
  }
  return agreements;
}

bool has_machine_code() {
  Diagnostics diagnostics;
  const auto text =
      std::make_shared<ParsedText>(parse_text("input x: f32[2]\ny = x + 1.0\n", {}, diagnostics));
  return machine_code(text, ir::host_target()) != nullptr;
}

}  // namespace tcc::property

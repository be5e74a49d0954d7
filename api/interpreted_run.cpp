// Random inputs for a program, and what the interpreter makes of them.
#include "api/interpreted_run.h"

#include <cmath>
#include <random>

#include <fmt/format.h>

#include "api/bind_inputs.h"
#include "dsl/dtypes.h"
#include "dsl/narrow_float.h"
#include "ir/interpreter.h"

namespace tcc {

namespace {

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

const Tensor& named(const std::string& name, const checked::Program& program,
                    const std::vector<checked::TensorId>& ids, const std::vector<Tensor>& tensors) {
  for (std::size_t t = 0; t < ids.size(); ++t) {
    if (program.tensors[ids[t]].name == name) return tensors[t];
  }
  bug(fmt::format("no tensor of the program is called '{}'", name));
}

}  // namespace

Run random_run(const checked::Program& program, const SizeValues& sizes, std::uint64_t seed,
               Diagnostics& diagnostics) {
  Run run{random_inputs(program, sizes, seed, diagnostics), {}};
  if (!diagnostics.has_errors()) run.sizes = bind_inputs(program, run.inputs, diagnostics);
  return run;
}

std::vector<checked::TensorId> results_of(const checked::Program& program) {
  std::vector<checked::TensorId> results = program.outputs;
  for (const checked::Update& update : program.updates)
    results.push_back(update.value);
  return results;
}

std::vector<Tensor> new_results(const checked::Program& program, const SizeValues& sizes,
                                Diagnostics& diagnostics) {
  std::vector<Tensor> outputs;
  for (const checked::TensorId id : results_of(program)) {
    const checked::Tensor& tensor = program.tensors[id];
    outputs.push_back(Tensor::empty(tensor.dtype, concrete_shape(tensor, sizes, diagnostics)));
  }
  return outputs;
}

void interpret(const ir::LoopProgram& loops, const checked::Program& program, const Run& run,
               const std::vector<Tensor>& outputs) {
  std::vector<Tensor> buffers;
  for (const ir::Buffer& buffer : loops.buffers) {
    if (buffer.use == ir::BufferUse::input) {
      buffers.push_back(named(buffer.name, program, program.inputs, run.inputs));
    } else if (buffer.use == ir::BufferUse::output) {
      buffers.push_back(named(buffer.name, program, results_of(program), outputs));
    }
  }
  std::vector<std::int64_t> size_values;
  for (const ir::Expr& size : loops.sizes) {
    size_values.push_back(run.sizes.at(ir::as<ir::Var>(size)->name));
  }
  ir::interpret(loops, buffers, size_values);
}

}  // namespace tcc

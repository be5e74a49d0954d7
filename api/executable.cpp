// Machine code with what is needed to call it.
#include "api/executable.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/bind_inputs.h"
#include "api/run_faults.h"
#include "api/size_numbers.h"
#include "dsl/message.h"
#include "runtime/kernel_host.h"

namespace tcc {

namespace {

void throw_if_wrong(const Diagnostics& diagnostics, const SourceMap& sources) {
  if (diagnostics.has_errors()) throw to_error(diagnostics, sources);
}

struct ByteRange {
  const char* begin;
  const char* end;
};

/// The memory that a tensor's elements span.
ByteRange memory_of(const Tensor& tensor) {
  const auto bytes = static_cast<std::int64_t>(size_in_bytes(tensor.dtype()));
  const char* data = static_cast<const char*>(tensor.raw_data());
  std::int64_t lowest = 0;
  std::int64_t highest = tensor.element_count() == 0 ? 0 : bytes;
  for (std::size_t axis = 0; highest > 0 && axis < tensor.shape().size(); ++axis) {
    const std::int64_t reach = (tensor.shape()[axis] - 1) * tensor.strides()[axis] * bytes;
    (reach < 0 ? lowest : highest) += reach;
  }
  return {data + lowest, data + highest};
}

bool overlap(const Tensor& a, const Tensor& b) {
  const ByteRange left = memory_of(a);
  const ByteRange right = memory_of(b);
  return left.begin < right.end && right.begin < left.end;
}

Tensor copy_of(const Tensor& tensor) {
  Tensor copy = tensor.contiguous();
  if (copy.raw_data() != tensor.raw_data()) return copy;
  copy = Tensor::empty(tensor.dtype(), tensor.shape());
  const ByteRange memory = memory_of(tensor);
  std::copy(memory.begin, memory.end, static_cast<char*>(copy.raw_data()));
  return copy;
}

/// Extents of a temporary in a run.
std::vector<std::int64_t> evaluate(const std::vector<ir::Expr>& shape,
                                   const ir::Substitution& sizes) {
  std::vector<std::int64_t> extents;
  for (const ir::Expr& extent : shape)
    extents.push_back(evaluate_over_sizes(extent, sizes));
  return extents;
}

Tensor readable(const Tensor& input, std::span<const Tensor> outputs) {
  for (const Tensor& output : outputs) {
    if (overlap(input, output)) return copy_of(input);
  }
  return input.contiguous();
}

}  // namespace

std::shared_ptr<const Executable> Executable::compile(
    std::shared_ptr<const ParsedText> text, const std::map<std::string, BoundType>& free_names,
    const ir::Target& target, const PipelineOptions& options) {
  auto executable = std::make_shared<Executable>();
  Diagnostics diagnostics;
  executable->lowered_ = lower(*text, free_names, target, options, diagnostics);
  throw_if_wrong(diagnostics, text->sources);
  if (options.on_stage) options.on_stage("code");
  for (const LoweredVariant& variant : executable->lowered_.variants) {
    auto code = compile_for_cpu(variant.final, {target, options.compile.optimization});
    if (!code) throw Error(ErrorCategory::environment, code.error());
    executable->code_.push_back(std::move(*code));
  }
  executable->text_ = std::move(text);
  executable->threads_ = options.compile.threads;
  return executable;
}

SizeValues Executable::bind(std::span<const Tensor> inputs) const {
  Diagnostics diagnostics;
  SizeValues sizes = bind_inputs(checked(), inputs, diagnostics);
  throw_if_wrong(diagnostics, text_->sources);
  return sizes;
}

std::vector<Tensor> Executable::allocate_outputs(const SizeValues& sizes) const {
  std::vector<Tensor> outputs;
  for (const checked::TensorId id : checked().outputs)
    outputs.push_back(new_tensor(id, sizes));
  return outputs;
}

std::vector<Tensor> Executable::allocate_updates(const SizeValues& sizes) const {
  std::vector<Tensor> values;
  for (const checked::Update& update : checked().updates)
    values.push_back(new_tensor(update.value, sizes));
  return values;
}

Tensor Executable::new_tensor(checked::TensorId id, const SizeValues& sizes) const {
  Diagnostics diagnostics;
  const checked::Tensor& tensor = checked().tensors[id];
  auto shape = concrete_shape(tensor, sizes, diagnostics);
  throw_if_wrong(diagnostics, text_->sources);
  return Tensor::empty(tensor.dtype, std::move(shape));
}

void Executable::check_outputs(std::span<const Tensor> outputs, const SizeValues& sizes) const {
  Diagnostics diagnostics;
  if (outputs.size() != checked().outputs.size()) {
    diagnostics.error(DiagnosticKind::bad_argument, {},
                      fmt::format("the program gives {} outputs, but memory for {} is given",
                                  checked().outputs.size(), outputs.size()));
  }
  for (std::size_t o = 0; o < outputs.size() && !diagnostics.has_errors(); ++o) {
    const checked::Tensor& wanted = checked().tensors[checked().outputs[o]];
    const auto shape = concrete_shape(wanted, sizes, diagnostics);
    const bool fits = outputs[o].defined() && outputs[o].dtype() == wanted.dtype &&
                      outputs[o].shape() == shape && outputs[o].is_contiguous();
    if (!fits) {
      diagnostics.error(
          DiagnosticKind::size_mismatch, wanted.span,
          fmt::format("output '{}' is {}, but memory of type {} is given", wanted.name,
                      type_text(wanted.dtype, wanted.shape), type_text(outputs[o])));
    }
    for (std::size_t other = 0; other < o; ++other) {
      if (overlap(outputs[o], outputs[other])) {
        diagnostics.error(DiagnosticKind::bad_argument, wanted.span,
                          fmt::format("output '{}' shares memory with another", wanted.name));
      }
    }
  }
  throw_if_wrong(diagnostics, text_->sources);
}

void Executable::run(std::span<const Tensor> inputs, const Results& results,
                     const SizeValues& sizes) const {
  const LoweredVariant& variant = variant_for(lowered_, sizes);
  const ir::LoopProgram& program = variant.final;
  const ir::Substitution extents_of = size_numbers(program, sizes);
  std::vector<Tensor> tensors;  // keeps copies and temporaries alive
  std::vector<void*> buffers;
  for (const ir::Buffer& buffer : program.buffers) {
    Tensor tensor;
    if (buffer.use == ir::BufferUse::input) {
      tensor = readable(inputs[position_in(checked().inputs, buffer.name)], results.outputs);
    } else if (buffer.use == ir::BufferUse::output) {
      tensor = result_called(buffer.name, results);
    } else if (buffer.use == ir::BufferUse::temporary) {
      tensor = Tensor::empty(buffer.dtype, evaluate(buffer.shape, extents_of));
    }
    buffers.push_back(tensor.raw_data());
    tensors.push_back(std::move(tensor));
  }
  std::vector<std::int64_t> size_values;
  for (const ir::Expr& size : program.sizes) {
    size_values.push_back(sizes.at(ir::as<ir::Var>(size)->name));
  }
  KernelHost host(threads_);
  const auto& kernels =
      code_[static_cast<std::size_t>(&variant - lowered_.variants.data())]->kernels();
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    const std::int32_t fault = host.call(kernels[k], buffers.data(), size_values.data());
    if (fault == 0) continue;
    if (fault != TCC_FAULT_DATA) {
      throw Error(ErrorCategory::environment, filled_in(host.message().c_str(), host.value()));
    }
    Diagnostics diagnostics;
    report_fault({program.kernels[k].name, host.message(), host.value()}, lowered_, text_->program,
                 diagnostics);
    throw to_error(diagnostics, text_->sources);
  }
}

const Tensor& Executable::result_called(const std::string& name, const Results& results) const {
  for (std::size_t u = 0; u < results.updates.size(); ++u) {
    if (checked().tensors[checked().updates[u].value].name == name) return results.updates[u];
  }
  return results.outputs[position_in(checked().outputs, name)];
}

std::size_t Executable::position_in(const std::vector<checked::TensorId>& list,
                                    const std::string& name) const {
  for (std::size_t p = 0; p < list.size(); ++p) {
    if (checked().tensors[list[p]].name == name) return p;
  }
  bug("a buffer of the loop program is no tensor of the checked one");
}

}  // namespace tcc

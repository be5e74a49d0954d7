// The public functions: compile a text, call the result.
#include <tcc/program.h>

#include "api/bind_inputs.h"
#include "api/program_state.h"
#include "api/run_results.h"

namespace tcc {

Program::Program(std::shared_ptr<const State> state) : state_(std::move(state)) {}

namespace {

std::vector<TensorInfo> describe(const checked::Signature& program,
                                 const std::vector<checked::TensorId>& tensors) {
  std::vector<TensorInfo> infos;
  for (const checked::TensorId id : tensors) {
    const checked::Tensor& tensor = program.tensors[id];
    infos.push_back({tensor.name, type_text(tensor.dtype, tensor.shape)});
  }
  return infos;
}

}  // namespace

std::vector<TensorInfo> Program::inputs() const {
  if (auto declared = state_->declared()) {
    return describe(declared->signature(), declared->signature().inputs);
  }
  std::vector<TensorInfo> infos;
  for (const std::string& name : state_->free_names())
    infos.push_back({name, ""});
  return infos;
}

std::vector<TensorInfo> Program::outputs() const {
  if (auto declared = state_->declared()) {
    return describe(declared->signature(), declared->signature().outputs);
  }
  std::vector<TensorInfo> infos;
  for (const std::string& name : output_names(state_->text().program))
    infos.push_back({name, ""});
  return infos;
}

std::string Program::schedule() const {
  const auto declared = state_->declared();
  return declared ? declared->image().schedule : "";
}

std::vector<Tensor> Program::run(std::span<const Tensor> inputs) const {
  return run_all(*this, inputs).outputs;
}

void Program::run_into(std::span<const Tensor> inputs, std::span<const Tensor> outputs) const {
  state_->executable_for(inputs)->run(inputs, {outputs});
}

std::variant<std::vector<Tensor>, Error> Program::try_run(std::span<const Tensor> inputs) const {
  try {
    return run(inputs);
  } catch (const Error& error) {
    return error;
  }
}

Tensor Program::run_single(std::span<const Tensor> inputs) const {
  const std::size_t count = outputs().size();
  if (count != 1) {
    throw Error(ErrorCategory::program, "the program has " + std::to_string(count) +
                                            " outputs: call run(), which gives all of them");
  }
  return run(inputs).front();
}

}  // namespace tcc

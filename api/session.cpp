// A program with values of its own for its params.
#include <tcc/session.h>

#include <algorithm>

#include <fmt/format.h>

#include "api/bind_inputs.h"
#include "api/program_state.h"
#include "api/run_results.h"

namespace tcc {

namespace {

[[noreturn]] void throw_error(const Program& program, DiagnosticKind kind, std::string message) {
  Diagnostics diagnostics;
  diagnostics.error(kind, {}, std::move(message));
  throw to_error(diagnostics, program.state().text().sources);
}

/// In memory of its own.
Tensor copy_of(const Tensor& tensor) {
  const Tensor packed = tensor.contiguous();
  Tensor copy = Tensor::empty(packed.dtype(), packed.shape());
  const auto bytes =
      static_cast<std::size_t>(packed.element_count()) * size_in_bytes(packed.dtype());
  std::copy_n(static_cast<const char*>(packed.raw_data()), bytes,
              static_cast<char*>(copy.raw_data()));
  return copy;
}

}  // namespace

Session::Session(Program program) : program_(std::move(program)) {
  const auto declared = program_.state().declared();
  is_param_.resize(program_.inputs().size());
  tensors_.resize(is_param_.size());
  for (std::size_t i = 0; declared && i < is_param_.size(); ++i) {
    const checked::Signature& checked = declared->signature();
    is_param_[i] = checked.tensors[checked.inputs[i]].role == checked::TensorRole::param;
  }
}

std::vector<TensorInfo> Session::inputs() const {
  std::vector<TensorInfo> infos = program_.inputs();
  std::erase_if(infos,
                [&, i = std::size_t{0}](const TensorInfo&) mutable { return is_param_[i++]; });
  return infos;
}

std::vector<TensorInfo> Session::params() const {
  std::vector<TensorInfo> infos = program_.inputs();
  std::erase_if(infos,
                [&, i = std::size_t{0}](const TensorInfo&) mutable { return !is_param_[i++]; });
  return infos;
}

std::size_t Session::place_of(std::string_view name) const {
  const auto infos = program_.inputs();
  for (std::size_t i = 0; i < infos.size(); ++i) {
    if (is_param_[i] && infos[i].name == name) return i;
  }
  throw_error(program_, DiagnosticKind::undefined_name,
              fmt::format("the program has no param '{}'", name));
}

void Session::set_param(std::string_view name, const Tensor& value) {
  const std::size_t place = place_of(name);
  const checked::Signature& checked = program_.state().declared()->signature();
  const checked::Tensor& wanted = checked.tensors[checked.inputs[place]];
  if (!value.defined()) {
    throw_error(program_, DiagnosticKind::missing_input,
                fmt::format("no value is given for '{}'", name));
  }
  const bool is_other_type = value.dtype() != wanted.dtype;
  if (is_other_type || value.shape().size() != wanted.shape.size()) {
    throw_error(program_,
                is_other_type ? DiagnosticKind::dtype_mismatch : DiagnosticKind::rank_mismatch,
                fmt::format("'{}' is {}, but {} is given", name,
                            type_text(wanted.dtype, wanted.shape), type_text(value)));
  }
  tensors_[place] = copy_of(value);
}

Tensor Session::param(std::string_view name) const {
  const Tensor& value = tensors_[place_of(name)];
  return value.defined() ? copy_of(value) : Tensor();
}

std::vector<Tensor> Session::run(std::span<const Tensor> inputs) {
  const auto wanted =
      static_cast<std::size_t>(std::count(is_param_.begin(), is_param_.end(), false));
  if (inputs.size() > wanted) {
    throw_error(
        program_, DiagnosticKind::bad_argument,
        fmt::format("the session takes {} inputs, but {} are given", wanted, inputs.size()));
  }
  std::vector<Tensor> bound = tensors_;
  for (std::size_t i = 0, next = 0; next < inputs.size(); ++i) {
    if (!is_param_[i]) bound[i] = inputs[next++];
  }
  RunResults results = run_all(program_, bound);
  if (const auto declared = program_.state().declared()) {
    commit(declared->signature(), results.updates, tensors_);
  }
  return std::move(results.outputs);
}

}  // namespace tcc

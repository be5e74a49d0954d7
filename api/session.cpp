// A program with values of its own for its params.
#include <tcc/session.h>

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "api/bind_inputs.h"
#include "api/new_tensor.h"
#include "api/program_state.h"
#include "runtime/fork_safe_mutex.h"

namespace tcc {

namespace {

[[noreturn]] void throw_error(const Program& program, DiagnosticKind kind, std::string message) {
  Diagnostics diagnostics;
  diagnostics.error(kind, {}, std::move(message));
  throw to_error(diagnostics, program.state().text().sources);
}

/// In memory of its own.
Tensor copy_of(const Tensor& tensor) {
  if (!tensor.defined()) return {};
  Tensor copy = Tensor::empty(tensor.dtype(), tensor.shape());
  tensor.copy_to(copy.raw_data());
  return copy;
}

}  // namespace

/// Of a program without updates the params are never changed but replaced as a whole, so that a
/// run reads the list that it began with. With updates, whoever touches them holds `turn_`.
class Session::State {
 public:
  explicit State(Program program)
      : program_(std::move(program)), executable_(program_.state().declared()) {
    const std::size_t count = program_.inputs().size();
    params_ = new_params(std::vector<Tensor>(count));
    for (std::size_t input = 0; input < count; ++input) {
      const bool is_param = executable_ && tensor_of(input).role == checked::TensorRole::param;
      places_.push_back(is_param ? RunInputs::is_param : given_++);
    }
    has_updates_ = executable_ && !executable_->signature().updates.empty();
  }

  State(const State& other) : State(other.program_) {
    const auto turn = other.take_turn();
    for (std::size_t input = 0; const Tensor& value : other.params()->values)
      params_->values[input++] = copy_of(value);
  }

  const Program& program() const { return program_; }

  std::vector<TensorInfo> infos(bool (*is_wanted)(std::uint32_t place)) const {
    std::vector<TensorInfo> infos;
    for (std::size_t input = 0; const TensorInfo& info : program_.inputs()) {
      if (is_wanted(places_[input++])) infos.push_back(info);
    }
    return infos;
  }

  void set_param(std::string_view name, const Tensor& value) {
    const std::size_t input = input_called(name);
    check_param(tensor_of(input), value);
    Tensor copy = copy_of(value);
    const auto turn = take_turn();
    const std::lock_guard setting(setting_);  // nobody else's change comes between
    std::vector<Tensor> values = params()->values;
    values[input] = std::move(copy);
    auto changed = new_params(std::move(values));
    const std::lock_guard lock(mutex_);
    std::swap(params_, changed);
  }

  Tensor param(std::string_view name) const {
    const std::size_t input = input_called(name);
    const auto turn = take_turn();
    return copy_of(params()->values[input]);
  }

  std::vector<Tensor> run(std::span<const Tensor> inputs) {
    check_count(inputs);
    const auto turn = take_turn();
    const auto params = this->params();
    const RunInputs all(inputs, params->values, places_);
    const auto executable = this->executable(inputs);
    auto outputs = Executable::allocate(executable->plan_for(all)->outputs);
    run_into(*executable, all, outputs, params->resident);
    return outputs;
  }

  void run_into(std::span<const Tensor> inputs, std::span<const Tensor> outputs) {
    check_count(inputs);
    const auto turn = take_turn();
    const auto params = this->params();
    run_into(*executable(inputs), {inputs, params->values, places_}, outputs, params->resident);
  }

 private:
  struct Params {
    std::vector<Tensor> values;  ///< by the program's inputs; no tensor for those that are none
    ResidentMemory resident;
  };

  std::shared_ptr<Params> new_params(std::vector<Tensor> values) const {
    const std::size_t variants = executable_ ? executable_->image().variants.size() : 0;
    return std::shared_ptr<Params>(new Params{std::move(values), ResidentMemory(variants)});
  }

  /// Held by whoever reads or changes params that runs change.
  std::unique_lock<std::mutex> take_turn() const {
    return has_updates_ ? std::unique_lock(turn_) : std::unique_lock<std::mutex>();
  }

  std::shared_ptr<Params> params() const {
    const std::lock_guard lock(mutex_);
    return params_;
  }

  /// A program of free names has no params.
  std::shared_ptr<const Executable> executable(std::span<const Tensor> inputs) const {
    return executable_ ? executable_ : program_.state().executable_for(inputs);
  }

  const checked::Tensor& tensor_of(std::size_t input) const {
    const checked::Signature& signature = executable_->signature();
    return signature.tensors[signature.inputs[input]];
  }

  std::size_t input_called(std::string_view name) const {
    for (std::size_t input = 0; input < places_.size(); ++input) {
      if (places_[input] == RunInputs::is_param && tensor_of(input).name == name) return input;
    }
    throw_error(program_, DiagnosticKind::undefined_name,
                fmt::format("the program has no param '{}'", name));
  }

  void check_param(const checked::Tensor& wanted, const Tensor& value) const {
    if (!value.defined()) {
      throw_error(program_, DiagnosticKind::missing_input,
                  fmt::format("no value is given for '{}'", wanted.name));
    }
    const bool is_other_type = value.dtype() != wanted.dtype;
    if (!is_other_type && value.shape().size() == wanted.shape.size()) return;
    throw_error(program_,
                is_other_type ? DiagnosticKind::dtype_mismatch : DiagnosticKind::rank_mismatch,
                fmt::format("'{}' is {}, but {} is given", wanted.name,
                            type_text(wanted.dtype, wanted.shape), type_text(value)));
  }

  void check_count(std::span<const Tensor> inputs) const {
    if (inputs.size() <= given_) return;
    throw_error(
        program_, DiagnosticKind::bad_argument,
        fmt::format("the session takes {} inputs, but {} are given", given_, inputs.size()));
  }

  void run_into(const Executable& executable, const RunInputs& inputs,
                std::span<const Tensor> outputs, ResidentMemory& resident) {
    const Executable::RunOptions options{.resident = executable_ ? &resident : nullptr};
    if (!has_updates_) return executable.run(inputs, {outputs}, options);
    const auto& types = executable.plan_for(inputs)->updates;
    next_.resize(types.size());
    for (std::size_t u = 0; u < types.size(); ++u) {
      if (!types[u].is_of(next_[u]))
        next_[u] = new_tensor(types[u].name, types[u].dtype, types[u].shape);
    }
    executable.run(inputs, {outputs, next_}, options);
    commit();
  }

  /// The values that are replaced make room for those of the next run.
  void commit() {
    const checked::Signature& signature = executable_->signature();
    for (std::size_t u = 0; u < signature.updates.size(); ++u) {
      const auto place =
          std::find(signature.inputs.begin(), signature.inputs.end(), signature.updates[u].param);
      std::swap(params_->values[static_cast<std::size_t>(place - signature.inputs.begin())],
                next_[u]);
    }
  }

  Program program_;
  std::shared_ptr<const Executable> executable_;  ///< null for a program of free names
  std::vector<std::uint32_t> places_;
  std::uint32_t given_ = 0;  ///< how many inputs are no params
  bool has_updates_ = false;

  mutable std::mutex turn_;
  ForkSafeMutex setting_;
  mutable ForkSafeMutex mutex_;  ///< over the pointer that follows
  std::shared_ptr<Params> params_;
  std::vector<Tensor> next_;  ///< memory for the values that a run gives to params
};

Session::Session(Program program) : state_(std::make_unique<State>(std::move(program))) {}
Session::Session(const Session& other) : state_(std::make_unique<State>(*other.state_)) {}
Session::Session(Session&& other) noexcept = default;
Session& Session::operator=(Session&& other) noexcept = default;
Session::~Session() = default;

Session& Session::operator=(const Session& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}

const Program& Session::program() const { return state_->program(); }

std::vector<TensorInfo> Session::inputs() const {
  return state_->infos([](std::uint32_t place) { return place != RunInputs::is_param; });
}

std::vector<TensorInfo> Session::params() const {
  return state_->infos([](std::uint32_t place) { return place == RunInputs::is_param; });
}

void Session::set_param(std::string_view name, const Tensor& value) {
  state_->set_param(name, value);
}

Tensor Session::param(std::string_view name) const { return state_->param(name); }

std::vector<Tensor> Session::run(std::span<const Tensor> inputs) { return state_->run(inputs); }

void Session::run_into(std::span<const Tensor> inputs, std::span<const Tensor> outputs) {
  state_->run_into(inputs, outputs);
}

}  // namespace tcc

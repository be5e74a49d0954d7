// What a Program holds.
#include "api/program_state.h"

#include <fmt/format.h>

namespace tcc {

namespace {

ir::Target target_named(const std::string& name) {
  auto target = ir::find_target(name);
  if (target) return *target;
  throw Error(ErrorCategory::environment,
              fmt::format("there is no target '{}': use 'cpu', or 'cpu:NAME' with the name of a "
                          "processor, such as 'cpu:x86-64-v3'",
                          name));
}

}  // namespace

Program::State::State(std::string_view text, PipelineOptions options)
    : options_(std::move(options)), target_(target_named(options_.compile.target)) {
  Diagnostics diagnostics;
  auto parsed = std::make_shared<ParsedText>(parse_text(text, options_, diagnostics));
  text_ = parsed;
  if (diagnostics.has_errors()) throw to_error(diagnostics, parsed->sources);
  free_names_ = tcc::free_names(parsed->program, options_.compile.sizes);
  if (free_names_.empty()) declared_ = Executable::compile(text_, {}, target_, options_);
}

std::shared_ptr<const Executable> Program::State::executable_for(
    std::span<const Tensor> inputs) const {
  if (declared_) return declared_;
  Signature signature;
  for (const Tensor& input : inputs)
    signature.emplace_back(input.dtype(), input.shape());
  {
    const std::lock_guard lock(mutex_);
    const auto found = specialized_.find(signature);
    if (found != specialized_.end()) return found->second;
  }
  auto executable = specialize(inputs);  // without the lock: compiling takes milliseconds
  const std::lock_guard lock(mutex_);
  return specialized_.emplace(std::move(signature), std::move(executable)).first->second;
}

std::shared_ptr<const Executable> Program::State::specialize(std::span<const Tensor> inputs) const {
  if (inputs.size() > free_names_.size()) {
    Diagnostics diagnostics;
    diagnostics.error(DiagnosticKind::bad_argument, {},
                      fmt::format("the program takes {} inputs, but {} are given",
                                  free_names_.size(), inputs.size()));
    throw to_error(diagnostics, text_->sources);
  }
  std::map<std::string, BoundType> types;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].defined()) continue;
    const auto& shape = inputs[i].shape();
    types[free_names_[i]] = {inputs[i].dtype(), Shape(shape.begin(), shape.end())};
  }
  return Executable::compile(text_, types, target_, options_);
}

}  // namespace tcc

// What a Program holds.
#include "api/program_state.h"

#include <algorithm>

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

bool Program::State::Specialized::is_for(std::span<const Tensor> inputs) const {
  return std::equal(inputs.begin(), inputs.end(), types.begin(), types.end(),
                    [](const Tensor& input, const Type& type) {
                      return input.dtype() == type.first && input.shape() == type.second;
                    });
}

std::shared_ptr<const Executable> Program::State::executable_for(
    std::span<const Tensor> inputs) const {
  if (declared_) return declared_;
  const auto specialized = specialized_for(inputs);
  // Without the lock: compiling takes milliseconds. Where it throws, the next call tries again.
  std::call_once(specialized->once, [&] {
    specialized->executable = compile_for(inputs);
    specialized->is_ready.store(true, std::memory_order_release);
  });
  return specialized->executable;
}

std::shared_ptr<Program::State::Specialized> Program::State::specialized_for(
    std::span<const Tensor> inputs) const {
  std::list<std::shared_ptr<Specialized>> forgotten;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(specialized_.begin(), specialized_.end(),
                                  [&](const auto& each) { return each->is_for(inputs); });
  if (found != specialized_.end()) {
    specialized_.splice(specialized_.begin(), specialized_, found);
    return specialized_.front();
  }
  specialized_.push_front(std::make_shared<Specialized>());
  for (const Tensor& input : inputs)
    specialized_.front()->types.emplace_back(input.dtype(), input.shape());
  if (specialized_.size() > most)
    forgotten.splice(forgotten.end(), specialized_, std::prev(specialized_.end()));
  return specialized_.front();
}

void Program::State::release_memory() const {
  if (declared_) return declared_->release_memory();
  const std::lock_guard lock(mutex_);
  for (const auto& specialized : specialized_) {
    if (specialized->is_ready.load(std::memory_order_acquire))
      specialized->executable->release_memory();
  }
}

std::shared_ptr<const Executable> Program::State::compile_for(
    std::span<const Tensor> inputs) const {
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

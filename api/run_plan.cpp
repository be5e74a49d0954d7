// What a run has to know that depends on its sizes alone.
#include "api/run_plan.h"

#include <algorithm>

#include "api/bind_inputs.h"

namespace tcc {

namespace {

using Role = BufferImage::Role;

/// By the semantics of programs; where one leaves 64 bits on the way, nothing.
std::optional<std::int64_t> value_of(const ir::IntegerTape& tape,
                                     const std::vector<std::int64_t>& sizes) {
  return tape.run(sizes, ir::Overflow::has_no_value);
}

class PlanMaker {
 public:
  PlanMaker(const ProgramImage& image, Diagnostics& diagnostics)
      : image_(image), signature_(image.signature), diagnostics_(diagnostics) {}

  RunPlan make(std::span<const Tensor> inputs) {
    plan_.sizes = bind_inputs(signature_, inputs, diagnostics_);
    if (diagnostics_.has_errors()) return {};
    for (const Tensor& input : inputs)
      plan_.inputs.push_back({input.dtype(), input.shape()});
    for (const checked::TensorId id : signature_.outputs)
      plan_.outputs.push_back(type_of(id));
    for (const checked::Update& update : signature_.updates)
      plan_.updates.push_back(type_of(update.value));
    for (const std::string& size : image_.sizes)
      plan_.size_values.push_back(plan_.sizes.at(size));
    plan_.variant = variant();
    place_buffers(image_.variants[plan_.variant]);
    return std::move(plan_);
  }

 private:
  RunPlan::Type type_of(checked::TensorId id) {
    const checked::Tensor& tensor = signature_.tensors[id];
    return {tensor.dtype, concrete_shape(tensor, plan_.sizes, diagnostics_)};
  }

  /// The first whose condition holds; one that has no value does not hold.
  std::size_t variant() const {
    std::size_t v = 0;
    while (image_.variants[v].holds &&
           value_of(*image_.variants[v].holds, plan_.size_values).value_or(0) == 0)
      ++v;
    return v;
  }

  void place_buffers(const VariantImage& variant) {
    constexpr std::size_t alignment = 64;
    plan_.arena_bytes = 0;
    for (const BufferImage& buffer : variant.buffers) {
      plan_.buffers.push_back({buffer.role, buffer.place});
      if (buffer.role != Role::temporary) continue;
      plan_.buffers.back().place = plan_.arena_bytes;
      plan_.arena_bytes += (bytes_of(buffer) + alignment - 1) / alignment * alignment;
    }
  }

  std::size_t bytes_of(const BufferImage& buffer) const {
    std::vector<std::int64_t> extents;
    for (const ir::IntegerTape& extent : buffer.shape) {
      const auto value = value_of(extent, plan_.size_values);
      if (!value) bug("an extent is no number in a run");
      extents.push_back(*value);
    }
    std::size_t bytes = size_in_bytes(buffer.dtype);
    for (const std::int64_t extent : extents)
      bytes *= static_cast<std::size_t>(extent);
    return bytes;
  }

  const ProgramImage& image_;
  const checked::Signature& signature_;
  Diagnostics& diagnostics_;
  RunPlan plan_;
};

}  // namespace

bool RunPlan::fits(const RunInputs& given) const {
  if (given.size() != inputs.size()) return false;
  for (std::size_t input = 0; input < inputs.size(); ++input) {
    if (!inputs[input].is_of(given[input])) return false;
  }
  return true;
}

std::shared_ptr<const RunPlan> make_run_plan(const ProgramImage& image, const RunInputs& inputs,
                                             Diagnostics& diagnostics) {
  return std::make_shared<const RunPlan>(PlanMaker(image, diagnostics).make(inputs.list()));
}

std::shared_ptr<const RunPlan> RunPlans::find(const RunInputs& inputs) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(
      plans_.begin(), plans_.end(),
      [&inputs](const std::shared_ptr<const RunPlan>& plan) { return plan->fits(inputs); });
  if (found == plans_.end()) return nullptr;
  plans_.splice(plans_.begin(), plans_, found);
  return plans_.front();
}

void RunPlans::insert(std::shared_ptr<const RunPlan> plan) {
  const std::lock_guard lock(mutex_);
  plans_.push_front(std::move(plan));
  if (plans_.size() > most) plans_.pop_back();
}

}  // namespace tcc

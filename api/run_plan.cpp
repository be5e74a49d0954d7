// What a run has to know that depends on its sizes alone.
#include "api/run_plan.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "api/bind_inputs.h"

namespace tcc {

namespace {

using Memory = RunLayout::Memory;
using Role = BufferImage::Role;

/// As size_values are; where one leaves 64 bits on the way, nothing.
std::optional<std::int64_t> value_of(const ir::IntegerTape& tape,
                                     const std::vector<std::int64_t>& sizes) {
  return tape.run(sizes, ir::Overflow::has_no_value);
}

/// Lays out the temporaries of a variant, all of them or some.
class LayoutMaker {
 public:
  LayoutMaker(const VariantImage& variant, const std::vector<std::int64_t>& sizes)
      : variant_(variant) {
    for (const ir::BufferLifetime& lifetime : variant.lifetimes) {
      bytes_.push_back(bytes_of(variant.buffers[lifetime.buffer.value], sizes));
      if (is_resident(lifetime.buffer)) resident_memories_.insert(lifetime.memory);
    }
  }

  RunLayout whole() const {
    RunLayout layout = frame();
    layout.kernels.resize(variant_.kernels.size());
    std::iota(layout.kernels.begin(), layout.kernels.end(), 0U);
    place(layout, variant_.lifetimes);
    return layout;
  }

  /// Results stay, so that each has memory of its own to the end.
  RunLayout resident() const {
    RunLayout layout = frame();
    layout.kernels = variant_.resident.kernels;
    std::vector<ir::BufferLifetime> lifetimes;
    for (ir::BufferLifetime lifetime : variant_.lifetimes) {
      if (!is_resident(lifetime.buffer)) continue;
      lifetime.memory = lifetime.buffer;
      if (contains(variant_.resident.results, lifetime.buffer))
        lifetime.last = static_cast<std::uint32_t>(variant_.kernels.size());
      lifetimes.push_back(lifetime);
    }
    place(layout, lifetimes);
    return layout;
  }

  RunLayout rest(const RunLayout& resident) const {
    RunLayout layout = frame();
    for (std::uint32_t k = 0; k < variant_.kernels.size(); ++k) {
      if (!contains(variant_.resident.kernels, k)) layout.kernels.push_back(k);
    }
    std::vector<ir::BufferLifetime> lifetimes;
    for (ir::BufferLifetime lifetime : variant_.lifetimes) {
      if (is_resident(lifetime.buffer)) continue;
      if (resident_memories_.count(lifetime.memory)) lifetime.memory = lifetime.buffer;
      lifetimes.push_back(lifetime);
    }
    place(layout, lifetimes);
    for (const ir::BufferId id : variant_.resident.results)
      layout.buffers[id.value] = {Memory::resident, resident.buffers[id.value].place};
    return layout;
  }

  std::vector<NamedBytes> named_bytes() const {
    std::vector<NamedBytes> named;
    for (std::size_t t = 0; t < bytes_.size(); ++t)
      named.push_back({variant_.buffers[variant_.lifetimes[t].buffer.value].name, bytes_[t]});
    return named;
  }

 private:
  template <typename T> static bool contains(const std::vector<T>& sorted, const T& value) {
    return std::binary_search(sorted.begin(), sorted.end(), value);
  }

  bool is_resident(ir::BufferId id) const {
    return contains(variant_.resident.results, id) || contains(variant_.resident.inside, id);
  }

  static std::int64_t bytes_of(const BufferImage& buffer, const std::vector<std::int64_t>& sizes) {
    std::vector<std::int64_t> extents;
    for (const ir::IntegerTape& tape : buffer.shape) {
      const auto extent = value_of(tape, sizes);
      if (!extent) throw Error(ErrorCategory::environment, too_large_message(buffer.name));
      extents.push_back(std::max<std::int64_t>(*extent, 0));
    }
    return ir::byte_count(buffer.dtype, extents);
  }

  /// Inputs and results, which are where the caller has them.
  RunLayout frame() const {
    RunLayout layout;
    for (const BufferImage& buffer : variant_.buffers) {
      const Memory memory = buffer.role == Role::input    ? Memory::input
                            : buffer.role == Role::output ? Memory::output
                            : buffer.role == Role::update ? Memory::update
                                                          : Memory::none;
      layout.buffers.push_back({memory, buffer.place});
    }
    return layout;
  }

  /// `lifetimes`: some of the variant's, in its order.
  void place(RunLayout& layout, const std::vector<ir::BufferLifetime>& lifetimes) const {
    std::vector<std::int64_t> bytes;
    std::size_t all = 0;
    for (const ir::BufferLifetime& lifetime : lifetimes) {
      while (variant_.lifetimes[all].buffer != lifetime.buffer)
        ++all;
      bytes.push_back(bytes_[all]);
    }
    const auto plan = ir::plan_memory(lifetimes, bytes);
    if (!plan) {
      throw Error(ErrorCategory::environment,
                  too_large_message(variant_.buffers[plan.error().buffer.value].name));
    }
    layout.arena_bytes = plan->arena;
    for (const ir::PlannedBuffer& buffer : plan->buffers) {
      const bool in_output = buffer.place == ir::PlannedBuffer::Place::output;
      layout.buffers[buffer.lifetime.buffer.value] =
          in_output ? layout.buffers[buffer.lifetime.memory.value]
                    : RunLayout::Source{Memory::arena, static_cast<std::size_t>(buffer.offset)};
    }
  }

  const VariantImage& variant_;
  std::vector<std::int64_t> bytes_;  ///< of each of the variant's lifetimes
  std::set<ir::BufferId> resident_memories_;
};

class PlanMaker {
 public:
  PlanMaker(const ProgramImage& image, Diagnostics& diagnostics)
      : image_(image), signature_(image.signature), diagnostics_(diagnostics) {}

  RunPlan make(const std::vector<Tensor>& inputs) {
    plan_.sizes = bind_inputs(signature_, inputs, diagnostics_);
    if (diagnostics_.has_errors()) return {};
    for (const Tensor& input : inputs)
      plan_.inputs.push_back({"", input.dtype(), input.shape()});
    for (const checked::TensorId id : signature_.outputs)
      plan_.outputs.push_back(type_of(id));
    for (const checked::Update& update : signature_.updates)
      plan_.updates.push_back(type_of(update.value));
    for (const std::string& size : image_.sizes)
      plan_.size_values.push_back(plan_.sizes.at(size));
    if (diagnostics_.has_errors()) return {};
    for (const RunPlan::Type& update : plan_.updates) {
      plan_.update_places.push_back(plan_.update_bytes);
      plan_.update_bytes += update.padded_bytes();
    }
    plan_.variant = variant();
    make_layouts(image_.variants[plan_.variant]);
    return std::move(plan_);
  }

 private:
  RunPlan::Type type_of(checked::TensorId id) {
    const checked::Tensor& tensor = signature_.tensors[id];
    return {tensor.name, tensor.dtype, concrete_shape(tensor, plan_.sizes, diagnostics_)};
  }

  /// The first whose condition holds; one that has no value does not hold.
  std::size_t variant() const {
    std::size_t v = 0;
    while (image_.variants[v].holds &&
           value_of(*image_.variants[v].holds, plan_.size_values).value_or(0) == 0)
      ++v;
    return v;
  }

  void make_layouts(const VariantImage& variant) {
    const LayoutMaker maker(variant, plan_.size_values);
    plan_.whole = maker.whole();
    plan_.temporaries = maker.named_bytes();
    if (variant.resident.kernels.empty()) return;
    plan_.resident = maker.resident();
    plan_.rest = maker.rest(plan_.resident);
  }

  const ProgramImage& image_;
  const checked::Signature& signature_;
  Diagnostics& diagnostics_;
  RunPlan plan_;
};

}  // namespace

std::size_t RunPlan::Type::padded_bytes() const {
  const auto bytes = static_cast<std::size_t>(ir::byte_count(dtype, shape));
  return (bytes + Arena::alignment - 1) / Arena::alignment * Arena::alignment;
}

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

std::shared_ptr<const RunPlan> RunPlans::insert(std::shared_ptr<const RunPlan> plan) {
  const auto is_same = [](const RunPlan::Type& a, const RunPlan::Type& b) {
    return a.dtype == b.dtype && a.shape == b.shape;
  };
  const std::lock_guard lock(mutex_);
  for (const auto& other : plans_) {
    if (std::equal(plan->inputs.begin(), plan->inputs.end(), other->inputs.begin(),
                   other->inputs.end(), is_same))
      return other;
  }
  plans_.push_front(std::move(plan));
  if (plans_.size() > most) plans_.pop_back();
  return plans_.front();
}

}  // namespace tcc

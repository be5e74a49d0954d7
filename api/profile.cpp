// Medians, and the work that they are held against.
#include "api/profile.h"

#include <algorithm>

#include "api/program_state.h"

namespace tcc {

namespace {

/// Numbers that are kept, 4 bytes each.
constexpr std::size_t most_numbers = std::size_t{1} << 20;

double median(std::vector<float> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void put(std::vector<float>& values, std::size_t place, double value) {
  if (place == values.size()) values.push_back(0);
  values[place] = static_cast<float>(value);
}

}  // namespace

KernelObserver KernelTimes::observer() {
  return [this](const RunPlan& plan, std::size_t kernel, std::chrono::nanoseconds time) {
    if (plan.variant != variant_) seconds_.clear();
    variant_ = plan.variant;
    seconds_.resize(std::max(seconds_.size(), kernel + 1));
    seconds_[kernel] = std::chrono::duration<double>(time).count();
  };
}

void RunSamples::add(double seconds, const KernelTimes& times) {
  if (count_ == 0 || times.variant() != variant_ || times.seconds().size() != kernels_.size()) {
    *this = RunSamples();
    variant_ = times.variant();
    kernels_.resize(times.seconds().size());
    capacity_ = std::max<std::size_t>(16, most_numbers / (kernels_.size() + 2));
  }
  const std::size_t place = count_++ % capacity_;
  double in_kernels = 0;
  for (std::size_t k = 0; k < kernels_.size(); ++k) {
    put(kernels_[k], place, times.seconds()[k]);
    in_kernels += times.seconds()[k];
  }
  put(runs_, place, seconds);
  put(between_, place, std::max(0.0, seconds - in_kernels));
}

double RunSamples::median_of_run() const { return median(runs_); }
double RunSamples::shortest_run() const { return *std::ranges::min_element(runs_); }
double RunSamples::longest_run() const { return *std::ranges::max_element(runs_); }
double RunSamples::median_of_kernel(std::size_t kernel) const { return median(kernels_[kernel]); }
double RunSamples::median_between() const { return median(between_); }

Profile profile_of(const Program& program, std::span<const Tensor> inputs,
                   const RunSamples& samples, const std::optional<ThreadLimits>& limits) {
  const auto executable = program.state().executable_for(inputs);
  const Lowered& lowered = executable->lowered();
  const LoweredVariant& variant = lowered.variants[samples.variant()];
  const auto plan = executable->plan_for(inputs);
  const auto works = ir::work_of_kernels(variant.final, lowered.loops, plan->size_values);
  Profile profile{{}, samples.count(), samples.median_between(), samples.median_of_run()};
  for (std::size_t k = 0; k < std::min(works.size(), samples.kernel_count()); ++k) {
    const double seconds = samples.median_of_kernel(k);
    if (seconds == 0) continue;  // of params alone, and run before
    profile.rows.push_back(
        {variant.final.kernels[k].name, seconds, profile.total > 0 ? seconds / profile.total : 0,
         works[k], limits ? roofline_share(works[k], seconds, *limits) : RooflineShare{0, ""}});
  }
  return profile;
}

}  // namespace tcc

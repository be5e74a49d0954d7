// Code for sizes that a program is run with again and again.
#include "api/specializations.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/size_numbers.h"
#include "ir/with_sizes.h"

namespace tcc {

namespace {

/// "M = 512, N = 64"
std::string name_of(const SizeValues& sizes) {
  std::string name;
  for (const auto& [size, value] : sizes)
    name += fmt::format("{}{} = {}", name.empty() ? "" : ", ", size, value);
  return name;
}

bool have_same_kernels(const ir::LoopProgram& a, const ir::LoopProgram& b) {
  return std::equal(
      a.kernels.begin(), a.kernels.end(), b.kernels.begin(), b.kernels.end(),
      [](const ir::Kernel& left, const ir::Kernel& right) { return left.name == right.name; });
}

}  // namespace

bool Specializations::has_room() const {
  const std::lock_guard lock(mutex_);
  return entries_.size() < most_;
}

std::shared_ptr<const CpuCode> Specializations::find(const RunPlan& plan) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.variant == plan.variant && entry.size_values == plan.size_values) return entry.code;
  }
  return nullptr;
}

void Specializations::add(const RunPlan& plan, std::shared_ptr<const CpuCode> code) {
  const std::lock_guard lock(mutex_);
  entries_.push_back({plan.variant, plan.size_values, name_of(plan.sizes), std::move(code)});
}

std::vector<std::string> Specializations::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const Entry& entry : entries_)
    names.push_back(entry.name);
  return names;
}

std::shared_ptr<const CpuCode> compile_for_sizes(const LoweredVariant& variant, const RunPlan& plan,
                                                 const ir::PassOptions& passes,
                                                 const CpuCodeOptions& options) {
  ir::LoopProgram program = ir::run_passes(
      ir::with_sizes(variant.scheduled, size_numbers(variant.scheduled, plan.sizes)), passes);
  if (!have_same_kernels(program, variant.final)) return nullptr;
  // The memory is laid out for the general code; passes have added buffers of kernels' own only.
  for (std::size_t b = 0; b < variant.scheduled.buffers.size(); ++b)
    program.buffers[b].in_place_of = variant.final.buffers[b].in_place_of;
  auto code = compile_for_cpu(program, options);
  return code ? std::move(*code) : nullptr;
}

}  // namespace tcc

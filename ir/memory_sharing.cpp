// Buffers that take over memory from one another.
#include "ir/memory_sharing.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/affine/simplify.h"
#include "ir/touched_buffers.h"

namespace tcc::ir {

namespace {

bool takes_over(const Buffer& buffer) { return buffer.in_place_of.has_value(); }

/// What is wrong with one that takes over; empty where nothing is.
std::string fault_of(const LoopProgram& program, const Buffer& taker) {
  if (taker.in_place_of->value >= program.buffers.size()) return "a buffer that does not exist";
  const Buffer& taken = program[*taker.in_place_of];
  if (taken.use != BufferUse::temporary) return "what is no temporary";
  if (taker.use != BufferUse::temporary && taker.use != BufferUse::output) {
    return "another, but is neither temporary nor output";
  }
  if (!have_same_layout(taker, taken)) return "a buffer of another shape or element size";
  return "";
}

std::string fault_of(const LoopProgram& program,
                     const std::vector<std::optional<KernelRange>>& ranges, BufferId id) {
  const BufferId from = *program[id].in_place_of;
  const auto& taker = ranges[id.value];
  const auto& taken = ranges[from.value];
  if (!taker || !taken) return "";
  if (taken->last > taker->first) return "a buffer that is still needed";
  // Two steps in one kernel: the elements of the first and of the third are in no order.
  if (takes_over(program[from]) && taken->first == taker->first) {
    return "a buffer that takes over memory in the same kernel";
  }
  return "";
}

}  // namespace

std::vector<BufferId> memories_of(const LoopProgram& program) {
  std::vector<BufferId> memories(program.buffers.size());
  std::vector<std::optional<BufferId>> taker(program.buffers.size());
  for (std::uint32_t b = 0; b < program.buffers.size(); ++b) {
    if (takes_over(program.buffers[b])) taker[program.buffers[b].in_place_of->value] = BufferId{b};
  }
  for (std::uint32_t b = 0; b < program.buffers.size(); ++b) {
    if (takes_over(program.buffers[b])) continue;
    std::vector<BufferId> chain = {BufferId{b}};
    while (const auto next = taker[chain.back().value])
      chain.push_back(*next);
    const bool is_output = program[chain.back()].use == BufferUse::output;
    for (const BufferId id : chain)
      memories[id.value] = is_output ? chain.back() : chain.front();
  }
  return memories;
}

std::vector<std::optional<KernelRange>> kernels_touching(const LoopProgram& program) {
  std::vector<std::optional<KernelRange>> ranges(program.buffers.size());
  for (std::uint32_t k = 0; k < program.kernels.size(); ++k) {
    for (const BufferId id : touched_buffers(program.kernels[k].body)) {
      auto& range = ranges[id.value];
      if (!range) range = KernelRange{k, k};
      range->last = k;
    }
  }
  return ranges;
}

std::vector<std::string> breaches_in_sharing(const LoopProgram& program) {
  std::vector<std::string> breaches;
  if (std::none_of(program.buffers.begin(), program.buffers.end(), takes_over)) return breaches;
  const auto ranges = kernels_touching(program);
  std::vector<bool> is_taken(program.buffers.size(), false);
  for (std::uint32_t b = 0; b < program.buffers.size(); ++b) {
    const Buffer& buffer = program.buffers[b];
    if (!takes_over(buffer)) continue;
    std::string fault = fault_of(program, buffer);
    if (fault.empty()) fault = fault_of(program, ranges, BufferId{b});
    if (fault.empty() && is_taken[buffer.in_place_of->value]) {
      fault = "a buffer that another is in place of";
    }
    if (fault.empty()) {
      is_taken[buffer.in_place_of->value] = true;
    } else {
      breaches.push_back(fmt::format("'{}' is in place of {}", buffer.name, fault));
    }
  }
  return breaches;
}

bool have_same_layout(const Buffer& a, const Buffer& b) {
  return size_in_bytes(a.dtype) == size_in_bytes(b.dtype) && a.memory == b.memory &&
         std::equal(a.shape.begin(), a.shape.end(), b.shape.begin(), b.shape.end(), same_value);
}

}  // namespace tcc::ir

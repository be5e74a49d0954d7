// Lifetimes, and what shares a block of the arena.
#include "ir/memory_plan.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "dsl/diagnostic.h"
#include "ir/memory_sharing.h"

namespace tcc::ir {

namespace {

std::int64_t aligned(std::int64_t bytes) {
  return (bytes + arena_alignment - 1) / arena_alignment * arena_alignment;
}

std::int64_t saturating_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

/// The lifetimes that share a block, in blocks; the block of each lifetime.
struct Sharing {
  std::vector<ArenaBlock> blocks;
  std::vector<std::optional<std::size_t>> block_of;  ///< none: in an output
};

Sharing share(std::span<const BufferLifetime> lifetimes, std::span<const std::int64_t> bytes) {
  Sharing sharing;
  sharing.block_of.resize(lifetimes.size());
  const auto add = [&](std::size_t block, std::size_t l) {
    ArenaBlock& shared = sharing.blocks[block];
    shared.first = std::min(shared.first, lifetimes[l].first);
    shared.last = std::max(shared.last, lifetimes[l].last);
    shared.bytes = std::max(shared.bytes, aligned(bytes[l]));
    sharing.block_of[l] = block;
  };
  for (std::size_t l = 0; l < lifetimes.size(); ++l) {
    if (lifetimes[l].memory != lifetimes[l].buffer) continue;
    sharing.blocks.push_back({lifetimes[l].first, lifetimes[l].last});
    add(sharing.blocks.size() - 1, l);
  }
  for (std::size_t l = 0; l < lifetimes.size(); ++l) {
    if (lifetimes[l].memory == lifetimes[l].buffer) continue;
    const auto owner = std::lower_bound(
        lifetimes.begin(), lifetimes.end(), lifetimes[l].memory,
        [](const BufferLifetime& lifetime, BufferId id) { return lifetime.buffer < id; });
    if (owner == lifetimes.end() || owner->buffer != lifetimes[l].memory) continue;
    add(*sharing.block_of[static_cast<std::size_t>(owner - lifetimes.begin())], l);
  }
  return sharing;
}

}  // namespace

std::vector<BufferLifetime> lifetimes_of(const LoopProgram& program) {
  const std::vector<BufferId> memories = memories_of(program);
  const auto ranges = kernels_touching(program);
  std::vector<BufferLifetime> lifetimes;
  for (std::uint32_t b = 0; b < program.buffers.size(); ++b) {
    if (program.buffers[b].use != BufferUse::temporary || !ranges[b]) continue;
    lifetimes.push_back({BufferId{b}, ranges[b]->first, ranges[b]->last, memories[b]});
  }
  return lifetimes;
}

std::int64_t byte_count(DType dtype, std::span<const std::int64_t> extents) {
  if (std::find(extents.begin(), extents.end(), 0) != extents.end()) return 0;
  auto bytes = static_cast<std::int64_t>(size_in_bytes(dtype));
  for (const std::int64_t extent : extents) {
    if (__builtin_mul_overflow(bytes, extent, &bytes) || bytes > most_bytes) return most_bytes + 1;
  }
  return bytes;
}

tl::expected<MemoryPlan, PlanTooLarge> plan_memory(std::span<const BufferLifetime> lifetimes,
                                                   std::span<const std::int64_t> bytes) {
  if (lifetimes.size() != bytes.size()) bug("bytes of each lifetime's buffer are needed");
  MemoryPlan plan;
  if (lifetimes.empty()) return plan;
  const auto largest =
      static_cast<std::size_t>(std::max_element(bytes.begin(), bytes.end()) - bytes.begin());
  const PlanTooLarge too_large{lifetimes[largest].buffer};
  if (bytes[largest] > most_bytes) return tl::unexpected(too_large);

  Sharing sharing = share(lifetimes, bytes);
  const auto arena = place_blocks(sharing.blocks);
  if (!arena) return tl::unexpected(too_large);
  plan.arena = *arena;
  plan.lower_bound = *most_alive(sharing.blocks);
  for (std::size_t l = 0; l < lifetimes.size(); ++l) {
    const auto block = sharing.block_of[l];
    plan.buffers.push_back({lifetimes[l], bytes[l], block ? sharing.blocks[*block].offset : 0,
                            block ? PlannedBuffer::Place::arena : PlannedBuffer::Place::output});
    plan.without_sharing = saturating_sum(plan.without_sharing, aligned(bytes[l]));
  }
  return plan;
}

}  // namespace tcc::ir

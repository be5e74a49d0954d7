// The memory plan: which bytes of one arena each temporary has in a run.
//
// What depends on the program alone, when it is compiled: lifetimes_of(). What depends on the sizes
// of a run: byte_count() of each lifetime's buffer, then plan_memory(), which needs numbers only,
// no kernels.
//
//   kernel         0    1    2    3
//   A.1  1 MiB     x----x                 offset 0
//   B.1  4 MiB          x----x            offset 1 MiB
//   C.1  1 MiB               x----x       offset 0
//
// Every buffer begins at a multiple of 64 bytes: a cache line, and the widest vector. Not at one of
// a page, however large: the arena as a whole lies in huge pages, and streams whose addresses agree
// in their last 12 bits get in each other's way (a load waits for a store that it does not read:
// "4K aliasing").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <tl/expected.hpp>

#include "ir/loop_program.h"
#include "ir/place_blocks.h"

namespace tcc::ir {

inline constexpr std::int64_t arena_alignment = 64;  ///< bytes

/// The kernels that need a temporary, by their positions in the program.
struct BufferLifetime {
  BufferId buffer;
  std::uint32_t first = 0, last = 0;  ///< kernels that touch it
  /// Whose memory it lies in: its own; or, where buffers take over memory from one another
  /// (Buffer::in_place_of), that of the first temporary of them, or of the output that ends them.
  BufferId memory;
};

/// Of all temporaries that some kernel touches, in the program's order.
std::vector<BufferLifetime> lifetimes_of(const LoopProgram& program);

/// Bytes of a tensor; `most_bytes` + 1 where they are more than `most_bytes`. An extent of 0 makes
/// it empty, whatever the others are; none is negative.
std::int64_t byte_count(DType dtype, std::span<const std::int64_t> extents);

struct PlannedBuffer {
  BufferLifetime lifetime;
  std::int64_t bytes = 0;
  std::int64_t offset = 0;  ///< in the arena; without meaning where `place` is `output`
  enum class Place : std::uint8_t { arena, output } place = Place::arena;
};

struct MemoryPlan {
  std::vector<PlannedBuffer> buffers;  ///< as the lifetimes were given
  std::int64_t arena = 0;              ///< bytes
  std::int64_t without_sharing = 0;    ///< bytes if each buffer had memory of its own
  std::int64_t lower_bound = 0;        ///< bytes in use at once where they are most: arena >= this
};

/// The run needs more memory than there are addresses: a temporary alone does, or those that are
/// alive at once. `buffer` is the largest.
struct PlanTooLarge {
  BufferId buffer;
};

/// `lifetimes` in order of their buffers, `bytes` of each, as byte_count() gives them. Near-linear:
/// 10^4 buffers take some milliseconds (ir/place_blocks.h).
tl::expected<MemoryPlan, PlanTooLarge> plan_memory(std::span<const BufferLifetime> lifetimes,
                                                   std::span<const std::int64_t> bytes);

}  // namespace tcc::ir

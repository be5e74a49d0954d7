// Where blocks of memory lie in one arena, so that no two that are alive at once overlap: the
// dynamic storage allocation problem, all lifetimes known. Finding the least is NP-hard (Garey and
// Johnson 1979, SR2).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace tcc::ir {

/// Memory of `bytes`, in use at all times from `first` to `last`. `place_blocks` sets the offset.
struct ArenaBlock {
  std::uint32_t first = 0, last = 0;
  std::int64_t bytes = 0;  ///< 0 to `most_bytes`
  std::int64_t offset = 0;
};

/// What no arena exceeds: sums of two stay inside 64 bits.
inline constexpr std::int64_t most_bytes = std::int64_t{1} << 62;

/// The most bytes that are in use at one time, which no arena can be smaller than; nothing where
/// they are more than `most_bytes`.
std::optional<std::int64_t> most_alive(std::span<const ArenaBlock> blocks);

/// Gives each block its offset, and returns the bytes of the arena; nothing where they would be
/// more than `most_bytes`. The same blocks always get the same offsets. Offsets are sums of blocks'
/// sizes: multiples of whatever all sizes are multiples of.
///
/// First in order of time, as an allocator would, best fit: n log n. Where that does not reach
/// most_alive(), also in order of size, largest first, each into the smallest gap between those
/// that live beside it (Pisarchyk and Lee 2020, "greedy by size"), unless too many live beside each
/// other; the smaller arena of the two is taken.
std::optional<std::int64_t> place_blocks(std::span<ArenaBlock> blocks);

}  // namespace tcc::ir

// Best fit in order of time, then the smallest gap in order of size.
#include "ir/place_blocks.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

namespace tcc::ir {

namespace {

/// Pairs of blocks alive at once that the placing by size looks at: some 10 ms and 16 MB. A chain
/// of 10^4 definitions has two a block.
constexpr std::size_t most_pairs = std::size_t{1} << 20;

using Order = std::vector<std::uint32_t>;

/// Positions of the blocks that are not empty, by `before`; those equal in it by position.
template <typename Before> Order ordered(std::span<const ArenaBlock> blocks, const Before& before) {
  Order order;
  for (std::uint32_t b = 0; b < blocks.size(); ++b) {
    if (blocks[b].bytes > 0) order.push_back(b);
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (before(blocks[a], blocks[b])) return true;
    return !before(blocks[b], blocks[a]) && a < b;
  });
  return order;
}

bool is_earlier(const ArenaBlock& a, const ArenaBlock& b) {
  return a.first != b.first ? a.first < b.first : a.bytes > b.bytes;
}
bool ends_earlier(const ArenaBlock& a, const ArenaBlock& b) { return a.last < b.last; }
bool is_larger(const ArenaBlock& a, const ArenaBlock& b) {
  return a.bytes != b.bytes ? a.bytes > b.bytes : a.first < b.first;
}

/// Gaps in an arena that grows at its end.
class Gaps {
 public:
  /// The smallest gap that is large enough, else the end of the arena.
  std::int64_t take(std::int64_t bytes) {
    const auto fit = by_size_.lower_bound({bytes, 0});
    if (fit == by_size_.end()) return grow(bytes);
    const auto [size, begin] = *fit;
    remove(begin);
    if (size > bytes) insert(begin + bytes, begin + size);
    return begin;
  }

  void give_back(std::int64_t begin, std::int64_t end) {
    const auto after = by_place_.find(end);
    if (after != by_place_.end()) {
      const std::int64_t joined = after->second;
      remove(end);
      end = joined;
    }
    const auto next = by_place_.lower_bound(begin);
    if (next != by_place_.begin() && std::prev(next)->second == begin) {
      begin = std::prev(next)->first;
      remove(begin);
    }
    insert(begin, end);
  }

  std::int64_t arena() const { return arena_; }

 private:
  std::int64_t grow(std::int64_t bytes) {
    std::int64_t begin = arena_;
    if (!by_place_.empty() && by_place_.rbegin()->second == arena_) {
      begin = by_place_.rbegin()->first;
      remove(begin);
    }
    arena_ = begin + bytes;
    return begin;
  }

  void insert(std::int64_t begin, std::int64_t end) {
    by_place_[begin] = end;
    by_size_.insert({end - begin, begin});
  }
  void remove(std::int64_t begin) {
    const auto gap = by_place_.find(begin);
    by_size_.erase({gap->second - begin, begin});
    by_place_.erase(gap);
  }

  std::map<std::int64_t, std::int64_t> by_place_;            // begin to end
  std::set<std::pair<std::int64_t, std::int64_t>> by_size_;  // size and begin
  std::int64_t arena_ = 0;
};

std::optional<std::int64_t> place_by_time(std::span<ArenaBlock> blocks) {
  const Order ends = ordered(blocks, ends_earlier);
  Gaps gaps;
  std::size_t ended = 0;
  for (const std::uint32_t b : ordered(blocks, is_earlier)) {
    for (; blocks[ends[ended]].last < blocks[b].first; ++ended) {
      const ArenaBlock& gone = blocks[ends[ended]];
      gaps.give_back(gone.offset, gone.offset + gone.bytes);
    }
    blocks[b].offset = gaps.take(blocks[b].bytes);
    if (gaps.arena() > most_bytes) return {};
  }
  return gaps.arena();
}

/// For each block those that are alive at some time when it is; nothing where they are too many.
std::optional<std::vector<Order>> neighbours_of(std::span<const ArenaBlock> blocks) {
  std::vector<Order> neighbours(blocks.size());
  Order alive;
  std::size_t pairs = 0;
  for (const std::uint32_t b : ordered(blocks, is_earlier)) {
    std::erase_if(alive, [&](std::uint32_t a) { return blocks[a].last < blocks[b].first; });
    pairs += alive.size();
    if (pairs > most_pairs) return {};
    for (const std::uint32_t a : alive) {
      neighbours[a].push_back(b);
      neighbours[b].push_back(a);
    }
    alive.push_back(b);
  }
  return neighbours;
}

/// The begin of the smallest gap between `taken` that has `bytes`; the end of all where there is
/// none.
std::int64_t smallest_gap(std::vector<std::pair<std::int64_t, std::int64_t>>& taken,
                          std::int64_t bytes) {
  std::sort(taken.begin(), taken.end());
  std::int64_t end = 0;
  std::int64_t best = -1;
  std::int64_t best_size = 0;
  for (const auto& [from, to] : taken) {
    const std::int64_t size = from - end;
    if (size >= bytes && (best < 0 || size < best_size)) {
      best = end;
      best_size = size;
    }
    end = std::max(end, to);
  }
  return best < 0 ? end : best;
}

std::optional<std::int64_t> place_by_size(std::span<ArenaBlock> blocks) {
  const auto neighbours = neighbours_of(blocks);
  if (!neighbours) return {};
  std::vector<bool> placed(blocks.size(), false);
  std::vector<std::pair<std::int64_t, std::int64_t>> taken;
  std::int64_t arena = 0;
  for (const std::uint32_t b : ordered(blocks, is_larger)) {
    taken.clear();
    for (const std::uint32_t other : (*neighbours)[b]) {
      const ArenaBlock& block = blocks[other];
      if (placed[other]) taken.emplace_back(block.offset, block.offset + block.bytes);
    }
    blocks[b].offset = smallest_gap(taken, blocks[b].bytes);
    placed[b] = true;
    arena = std::max(arena, blocks[b].offset + blocks[b].bytes);
    if (arena > most_bytes) return {};
  }
  return arena;
}

}  // namespace

std::optional<std::int64_t> most_alive(std::span<const ArenaBlock> blocks) {
  const Order ends = ordered(blocks, ends_earlier);
  std::size_t ended = 0;
  std::int64_t alive = 0;
  std::int64_t most = 0;
  for (const std::uint32_t b : ordered(blocks, is_earlier)) {
    for (; blocks[ends[ended]].last < blocks[b].first; ++ended)
      alive -= blocks[ends[ended]].bytes;
    if (blocks[b].bytes > most_bytes - alive) return {};
    alive += blocks[b].bytes;
    most = std::max(most, alive);
  }
  return most;
}

std::optional<std::int64_t> place_blocks(std::span<ArenaBlock> blocks) {
  const auto least = most_alive(blocks);
  if (!least) return {};
  const auto by_time = place_by_time(blocks);
  if (by_time == least) return by_time;
  std::vector<ArenaBlock> other(blocks.begin(), blocks.end());
  const auto by_size = place_by_size(other);
  if (!by_size || (by_time && *by_time <= *by_size)) return by_time;
  std::copy(other.begin(), other.end(), blocks.begin());
  return by_size;
}

}  // namespace tcc::ir

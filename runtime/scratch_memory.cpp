// A stack of blocks over a few chunks.
#include "runtime/scratch_memory.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "dsl/diagnostic.h"

namespace tcc {

namespace {

constexpr std::size_t alignment = 64;
constexpr std::size_t smallest_chunk = std::size_t{64} << 10;
constexpr std::size_t largest_block = std::size_t{1} << 40;  // allocators that check abort beyond

}  // namespace

ScratchMemory::~ScratchMemory() {
  while (!chunks_.empty())
    drop_chunk();
}

ScratchMemory::ScratchMemory(ScratchMemory&& other) noexcept
    : chunks_(std::exchange(other.chunks_, {})),
      used_(std::exchange(other.used_, 0)),
      most_used_(std::exchange(other.most_used_, 0)) {}

bool ScratchMemory::add_chunk(std::size_t bytes) noexcept {
  try {
    chunks_.reserve(chunks_.size() + 1);
  } catch (const std::exception&) {
    return false;
  }
  bytes = std::max(bytes, smallest_chunk);
  auto* memory = static_cast<char*>(std::aligned_alloc(alignment, bytes));
  if (!memory) return false;
  chunks_.push_back({memory, bytes, 0});
  return true;
}

void ScratchMemory::drop_chunk() noexcept {
  std::free(chunks_.back().memory);
  chunks_.pop_back();
}

void* ScratchMemory::allocate(std::size_t bytes) noexcept {
  if (bytes > largest_block) return nullptr;
  bytes = std::max((bytes + alignment - 1) / alignment * alignment, alignment);
  if (chunks_.empty() || chunks_.back().bytes - chunks_.back().used < bytes) {
    if (used_ == 0 && !chunks_.empty()) drop_chunk();
    if (!add_chunk(bytes)) return nullptr;
  }
  Chunk& chunk = chunks_.back();
  char* block = chunk.memory + chunk.used;
  chunk.used += bytes;
  used_ += bytes;
  most_used_ = std::max(most_used_, used_);
#if TCC_CHECKS
  std::memset(block, 0xff, bytes);
#endif
  return block;
}

void ScratchMemory::release(void* block) noexcept {
  // A chunk from which all is released stays until another needs its place.
  while (chunks_.back().used == 0)
    drop_chunk();
  Chunk& chunk = chunks_.back();
  const auto place = static_cast<std::size_t>(static_cast<char*>(block) - chunk.memory);
#if TCC_CHECKS
  if (place >= chunk.used) bug("scratch memory is released out of order");
#endif
  used_ -= chunk.used - place;
  chunk.used = place;
  if (used_ == 0 && chunks_.front().bytes < most_used_) keep_one_chunk();
}

/// In the place of several, for what was needed at once; none where there is no memory for it.
void ScratchMemory::keep_one_chunk() noexcept {
  while (!chunks_.empty())
    drop_chunk();
  add_chunk(most_used_);
}

std::size_t ScratchMemory::capacity() const {
  std::size_t sum = 0;
  for (const Chunk& chunk : chunks_)
    sum += chunk.bytes;
  return sum;
}

}  // namespace tcc

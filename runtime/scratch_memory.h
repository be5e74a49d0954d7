// The memory that a thread's kernels ask for while they run.
#pragma once

#include <cstddef>
#include <vector>

namespace tcc {

/// A stack of blocks, each 64-byte aligned, released in reverse order. Its memory stays when the
/// last block is released, as one piece that holds whatever was needed at once: the same requests
/// once more take none from the system. Kept is at most what one kernel needed (or 64 KiB), until
/// it is destroyed. For one thread at a time.
///
/// With TCC_CHECKS a block is filled with ones, which as floats are NaNs: what reads it before it
/// writes it is seen.
class ScratchMemory {
 public:
  ScratchMemory() = default;
  ~ScratchMemory();
  ScratchMemory(ScratchMemory&& other) noexcept;
  ScratchMemory& operator=(ScratchMemory&&) = delete;

  /// Null where there is no memory.
  void* allocate(std::size_t bytes) noexcept;
  /// The block that was allocated last of those that are not released.
  void release(void* block) noexcept;

  /// Bytes that are kept.
  std::size_t capacity() const;

 private:
  struct Chunk {
    char* memory;
    std::size_t bytes;
    std::size_t used;
  };

  bool add_chunk(std::size_t bytes) noexcept;
  void drop_chunk() noexcept;
  void keep_one_chunk() noexcept;

  std::vector<Chunk> chunks_;  ///< blocks are in the last; the ones before it are as they were
  std::size_t used_ = 0;
  std::size_t most_used_ = 0;  ///< at once, ever
};

}  // namespace tcc

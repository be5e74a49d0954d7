// Blocks on a stack, and what is kept of it.
#include "runtime/scratch_memory.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include <gtest/gtest.h>

namespace tcc {
namespace {

bool is_aligned(const void* block) { return reinterpret_cast<std::uintptr_t>(block) % 64 == 0; }

TEST(ScratchMemory, BlocksAreAlignedAndApart) {
  ScratchMemory scratch;
  char* first = static_cast<char*>(scratch.allocate(1));
  char* second = static_cast<char*>(scratch.allocate(100));
  char* third = static_cast<char*>(scratch.allocate(0));
  for (const char* block : {first, second, third}) {
    ASSERT_NE(block, nullptr);
    EXPECT_TRUE(is_aligned(block));
  }
  EXPECT_NE(second, third);
  std::memset(first, 1, 1);
  std::memset(second, 2, 100);
  EXPECT_EQ(*first, 1);
  scratch.release(third);
  scratch.release(second);
  EXPECT_EQ(scratch.allocate(7), second);
  scratch.release(second);
  scratch.release(first);
}

/// What a kernel of several large blocks needs, twice.
TEST(ScratchMemory, KeepsWhatWasNeededAtOnceAndNoMore) {
  constexpr std::size_t large = std::size_t{1} << 20;
  ScratchMemory scratch;
  const auto use = [&](std::initializer_list<std::size_t> sizes) {
    std::vector<void*> blocks;
    for (const std::size_t bytes : sizes)
      blocks.push_back(scratch.allocate(bytes));
    const std::vector<void*> all = blocks;
    for (; !blocks.empty(); blocks.pop_back())
      scratch.release(blocks.back());
    return all;
  };
  use({large, 2 * large, large});
  EXPECT_EQ(scratch.capacity(), 4 * large);
  const auto once = use({large, 2 * large, large});
  const auto again = use({large, 2 * large, large});
  EXPECT_EQ(once, again);
  use({2 * large, 2 * large});
  use({large});
  EXPECT_EQ(scratch.capacity(), 4 * large);
  use({5 * large});
  EXPECT_EQ(scratch.capacity(), 5 * large);
}

/// As in the iterations of a loop beside a block that stays.
TEST(ScratchMemory, ABlockInALoop) {
  constexpr std::size_t large = std::size_t{1} << 20;
  ScratchMemory scratch;
  void* outer = scratch.allocate(large);
  void* inner = scratch.allocate(large);
  scratch.release(inner);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(scratch.allocate(large), inner);
    scratch.release(inner);
  }
  void* larger = scratch.allocate(3 * large);
  ASSERT_NE(larger, nullptr);
  scratch.release(larger);
  scratch.release(outer);
  EXPECT_EQ(scratch.capacity(), 4 * large);
}

TEST(ScratchMemory, NoMemory) {
  ScratchMemory scratch;
  void* block = scratch.allocate(10);
  EXPECT_EQ(scratch.allocate(std::size_t{1} << 62), nullptr);
  EXPECT_EQ(scratch.allocate(SIZE_MAX), nullptr);
  scratch.release(block);
  EXPECT_NE(block = scratch.allocate(10), nullptr);
  scratch.release(block);
}

#if TCC_CHECKS
TEST(ScratchMemory, IsPoisoned) {
  ScratchMemory scratch;
  for (int run = 0; run < 2; ++run) {
    auto* block = static_cast<float*>(scratch.allocate(8 * sizeof(float)));
    for (int i = 0; i < 8; ++i) {
      EXPECT_TRUE(std::isnan(block[i]));
      block[i] = 1;
    }
    scratch.release(block);
  }
}
#endif

}  // namespace
}  // namespace tcc

// The memory plan: lifetimes from text, and what no plan may do, over random lifetimes.
#include "ir/memory_plan.h"

#include <algorithm>
#include <chrono>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/kernel_scratch.h"
#include "tests/support/parsed_program.h"

namespace tcc::ir {
namespace {

std::string text_of(const LoopProgram& program, const std::vector<BufferLifetime>& lifetimes) {
  std::string text;
  for (const BufferLifetime& lifetime : lifetimes) {
    text +=
        fmt::format("{}{} {}..{} in {}", text.empty() ? "" : ", ", program[lifetime.buffer].name,
                    lifetime.first, lifetime.last, program[lifetime.memory].name);
  }
  return text;
}

constexpr std::string_view chain = R"(size N
input x: f32[N]
temporary a: f32[N]
temporary never: f32[N]
temporary b: f32[N]{}
temporary c: f32[N]{}
output y: f32[N]{}
kernel a {{
  for i in 0:N {{
    a[i] = x[i]
  }}
}}
kernel b {{
  for i in 0:N {{
    b[i] = a[i]
  }}
}}
kernel c {{
  for i in 0:N {{
    c[i] = b[i] + x[i]
  }}
}}
kernel y {{
  for i in 0:N {{
    y[i] = c[i]
  }}
}}
)";

TEST(MemoryPlan, LivesFromTheFirstKernelThatTouchesToTheLast) {
  struct Case {
    const char *b, *c, *y, *lifetimes;
  };
  const Case cases[] = {
      {"", "", "", "a 0..1 in a, b 1..2 in b, c 2..3 in c"},
      {" in place of a", "", "", "a 0..1 in a, b 1..2 in a, c 2..3 in c"},
      {" in place of a", " in place of b", "", "a 0..1 in a, b 1..2 in a, c 2..3 in a"},
      {"", "", " in place of c", "a 0..1 in a, b 1..2 in b, c 2..3 in y"},
      {"", " in place of b", " in place of c", "a 0..1 in a, b 1..2 in y, c 2..3 in y"},
  };
  for (const Case& each : cases) {
    const LoopProgram program = parsed(fmt::format(fmt::runtime(chain), each.b, each.c, each.y));
    EXPECT_EQ(text_of(program, lifetimes_of(program)), each.lifetimes);
  }
}

TEST(MemoryPlan, PlacesAChain) {
  const LoopProgram program = parsed(fmt::format(fmt::runtime(chain), "", "", ""));
  const auto lifetimes = lifetimes_of(program);
  const std::int64_t bytes[] = {100, 4000, 128};
  const auto plan = plan_memory(lifetimes, bytes);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->arena, 4032 + 128);
  EXPECT_EQ(plan->lower_bound, 4032 + 128);
  EXPECT_EQ(plan->without_sharing, 128 + 4032 + 128);
  EXPECT_EQ(plan->buffers[0].offset, plan->buffers[2].offset);
}

TEST(MemoryPlan, WhatEndsInAnOutputNeedsNoArena) {
  const LoopProgram program =
      parsed(fmt::format(fmt::runtime(chain), "", " in place of b", " in place of c"));
  const auto plan = plan_memory(lifetimes_of(program), std::vector<std::int64_t>{64, 4000, 4000});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->arena, 64);
  EXPECT_EQ(plan->buffers[0].place, PlannedBuffer::Place::arena);
  EXPECT_EQ(plan->buffers[1].place, PlannedBuffer::Place::output);
  EXPECT_EQ(plan->buffers[2].place, PlannedBuffer::Place::output);
}

TEST(MemoryPlan, CountsBytes) {
  using Extents = std::vector<std::int64_t>;
  const std::int64_t quarter = most_bytes / 4;
  EXPECT_EQ(byte_count(DType::f32, Extents{}), 4);
  EXPECT_EQ(byte_count(DType::boolean, Extents{3, 5}), 15);
  EXPECT_EQ(byte_count(DType::f64, Extents{3, 0}), 0);
  EXPECT_EQ(byte_count(DType::f64, Extents{most_bytes, most_bytes, 0}), 0);
  EXPECT_EQ(byte_count(DType::f32, Extents{quarter}), most_bytes);
  EXPECT_EQ(byte_count(DType::f32, Extents{quarter + 1}), most_bytes + 1);
  EXPECT_EQ(byte_count(DType::u8, Extents{most_bytes, 2}), most_bytes + 1);
  EXPECT_EQ(byte_count(DType::f64, Extents{most_bytes, most_bytes}), most_bytes + 1);
}

TEST(MemoryPlan, NamesWhatIsTooLarge) {
  const std::vector<BufferLifetime> lifetimes = {{BufferId{3}, 0, 1, BufferId{3}},
                                                 {BufferId{5}, 1, 2, BufferId{5}},
                                                 {BufferId{7}, 3, 4, BufferId{7}}};
  using Bytes = std::vector<std::int64_t>;
  const auto one = plan_memory(lifetimes, Bytes{64, most_bytes + 1, 64});
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().buffer, BufferId{5});
  const auto together = plan_memory(lifetimes, Bytes{most_bytes, 64, 64});
  ASSERT_FALSE(together);
  EXPECT_EQ(together.error().buffer, BufferId{3});
  const auto in_turn = plan_memory(lifetimes, Bytes{64, most_bytes - 64, most_bytes});
  ASSERT_TRUE(in_turn);
  EXPECT_EQ(in_turn->arena, most_bytes);
  EXPECT_GE(in_turn->without_sharing, most_bytes);
}

TEST(MemoryPlan, OfNothingIsNothing) {
  const auto plan = plan_memory({}, {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->arena, 0);
}

// The classic of first fit in time: a small block in the middle of what a large one needs.
TEST(PlaceBlocks, TakesTheBetterOfTwoOrders) {
  std::vector<ArenaBlock> blocks = {{0, 1, 64}, {0, 3, 64}, {2, 3, 128}, {1, 1, 64}};
  EXPECT_EQ(most_alive(blocks), 192);
  EXPECT_EQ(place_blocks(blocks), 192);
}

struct RandomLives {
  std::vector<BufferLifetime> lifetimes;
  std::vector<std::int64_t> bytes;
};

class Lots {
 public:
  explicit Lots(std::uint32_t seed) : random_(seed) {}
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
  bool one_in(std::uint32_t many) { return below(many) == 0; }

 private:
  std::mt19937 random_;
};

/// Some buffers take over memory from one that ends where they begin; some of these are in outputs.
RandomLives random_lives(Lots& lots, std::uint32_t buffers, std::uint32_t kernels,
                         std::uint32_t longest) {
  RandomLives lives;
  for (std::uint32_t b = 0; b < buffers; ++b) {
    const std::uint32_t first = lots.below(kernels);
    const std::uint32_t last = std::min(kernels - 1, first + lots.below(longest));
    BufferLifetime lifetime{BufferId{2 * b}, first, last, BufferId{2 * b}};
    std::int64_t bytes = lots.one_in(6) ? 0 : lots.below(lots.one_in(4) ? 100'000 : 300);
    if (b > 0 && lots.one_in(4)) {
      const BufferLifetime& from = lives.lifetimes.back();
      lifetime.first = from.last;
      lifetime.last = std::max(lifetime.last, from.last);
      lifetime.memory = from.memory;
      bytes = lives.bytes.back();
    } else if (lots.one_in(10)) {
      lifetime.memory = BufferId{2 * buffers + 1};
    }
    lives.lifetimes.push_back(lifetime);
    lives.bytes.push_back(bytes);
  }
  return lives;
}

/// Why the plan is none; empty where it is one.
std::string fault_of(const MemoryPlan& plan, const RandomLives& lives) {
  if (plan.arena < plan.lower_bound) return "smaller than what is alive at once";
  if (plan.arena > plan.without_sharing) return "larger than without sharing";
  for (std::size_t a = 0; a < plan.buffers.size(); ++a) {
    const PlannedBuffer& one = plan.buffers[a];
    if (one.bytes != lives.bytes[a]) return "other bytes";
    if (one.place == PlannedBuffer::Place::output) continue;
    if (one.offset % arena_alignment != 0) return "not aligned";
    if (one.offset < 0 || one.offset + one.bytes > plan.arena) return "outside of the arena";
    for (std::size_t b = 0; b < a; ++b) {
      const PlannedBuffer& other = plan.buffers[b];
      if (other.place == PlannedBuffer::Place::output) continue;
      if (one.lifetime.memory == other.lifetime.memory) {
        if (one.offset != other.offset) return "in place, but elsewhere";
        continue;
      }
      const bool alive_at_once =
          one.lifetime.first <= other.lifetime.last && other.lifetime.first <= one.lifetime.last;
      if (alive_at_once && one.offset < other.offset + other.bytes &&
          other.offset < one.offset + one.bytes) {
        return fmt::format("{} and {} overlap", b, a);
      }
    }
  }
  return "";
}

TEST(MemoryPlan, NeverOverlapsWhatIsAliveAtOnce) {
  Lots lots(5);
  std::int64_t arenas = 0;
  std::int64_t bounds = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::uint32_t kernels = 1 + lots.below(12);
    const RandomLives lives =
        random_lives(lots, 1 + lots.below(24), kernels, 1 + lots.below(kernels));
    const auto plan = plan_memory(lives.lifetimes, lives.bytes);
    ASSERT_TRUE(plan);
    ASSERT_EQ(fault_of(*plan, lives), "") << "round " << round;
    const auto again = plan_memory(lives.lifetimes, lives.bytes);
    for (std::size_t b = 0; b < plan->buffers.size(); ++b)
      ASSERT_EQ(plan->buffers[b].offset, again->buffers[b].offset);
    arenas += plan->arena;
    bounds += plan->lower_bound;
  }
  // What the two orders reach over these lifetimes: it must not get worse unseen.
  EXPECT_LE(static_cast<double>(arenas), 1.01 * static_cast<double>(bounds));
}

/// Milliseconds for a plan of 10^4 buffers that each live for `length` kernels, or to the end.
double milliseconds_for(std::uint32_t length) {
  Lots lots(length);
  constexpr std::uint32_t count = 10'000;
  RandomLives lives;
  for (std::uint32_t b = 0; b < count; ++b) {
    const std::uint32_t last = std::min(count, b + length);
    lives.lifetimes.push_back({BufferId{b}, b, last, BufferId{b}});
    lives.bytes.push_back(lots.below(1'000'000));
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto plan = plan_memory(lives.lifetimes, lives.bytes);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  EXPECT_TRUE(plan);
  return took.count();
}

// The bounds are far above what it takes (a few ms), and far below what looking at all pairs with a
// sort each would (seconds to minutes).
TEST(MemoryPlan, TakesNoLongerThanItsBuffers) {
  EXPECT_LT(milliseconds_for(1), 2'000);
  EXPECT_LT(milliseconds_for(60), 4'000);
  EXPECT_LT(milliseconds_for(10'000), 4'000);
}

TEST(KernelScratch, IsWhatIsAliveAtOnce) {
  const LoopProgram program = parsed(R"(size N
input x: f32[N]
output y: f32[N]
kernel y {
  allocate A: f32[10] in heap
  A[0] = x[0]
  for i in 0:N {
    allocate B: f32[N] in heap
    B[i] = A[0]
    y[i] = B[i]
  }
  for i in 0:N {
    allocate C: f32[3] in heap
    allocate D: f32[16] in stack
    C[0] = A[0]
    D[0] = C[0]
    parallel for j in 0:N {
      allocate E: f32[7] in heap
      E[0] = D[0]
      parallel for k in 0:N {
        allocate F: f32[2] in heap
        F[0] = E[0]
        y[k] = F[0]
      }
    }
  }
}
)");
  const auto bytes_of = [&](std::int64_t n) {
    return kernel_scratch(program.kernels[0], program, [&program, n](BufferId id) {
      const auto extent = constant_of(program[id].shape[0]);
      return 4 * extent.value_or(n);
    });
  };
  EXPECT_EQ(bytes_of(1).shared, 40 + 12);
  EXPECT_EQ(bytes_of(100).shared, 40 + 400);
  EXPECT_EQ(bytes_of(100).per_thread, 28 + 8);
}

}  // namespace
}  // namespace tcc::ir

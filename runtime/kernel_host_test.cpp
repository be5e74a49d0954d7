// Memory, threads and faults, as kernels that are written by hand ask for them.
#include "runtime/kernel_host.h"

#include <atomic>
#include <cfenv>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/caller_float_mode.h"

namespace tcc {
namespace {

using namespace std::chrono_literals;

constexpr int thread_counts[] = {1, 2, 3, 8};

// In their buffers: 0 is what the pieces write to, 1 is what the test is told.

std::int32_t write_numbers(const tcc_runtime_table* runtime, const void* closure,
                           std::int64_t begin, std::int64_t end) {
  auto* values = static_cast<std::int64_t*>(const_cast<void*>(closure));
  for (std::int64_t p = begin; p < end; ++p) {
    auto* mine = static_cast<std::int64_t*>(runtime->allocate(runtime->context, 1 << 16));
    auto* more = static_cast<std::int64_t*>(runtime->allocate(runtime->context, 1 << 17));
    if (!mine || !more) return TCC_FAULT_ENVIRONMENT;
    mine[5] = p;
    more[5] = 2 * p;
    std::this_thread::sleep_for(50us);
    values[p] += mine[5] + more[5];
    runtime->release(runtime->context, more);
    runtime->release(runtime->context, mine);
  }
  return 0;
}
std::int32_t numbers_kernel(const tcc_runtime_table* runtime, void* const* buffers,
                            const std::int64_t* sizes) {
  return runtime->parallel(runtime->context, sizes[0], write_numbers, buffers[0]);
}

TEST(KernelHost, ThreadsHaveMemoryOfTheirOwn) {
  for (const int threads : thread_counts) {
    KernelHost host(threads);
    for (const std::int64_t count : {0, 1, 2, 40}) {
      std::vector<std::int64_t> values(40, 0);
      void* const buffers[] = {values.data()};
      ASSERT_EQ(host.call(numbers_kernel, buffers, &count), 0);
      for (std::int64_t p = 0; p < 40; ++p)
        EXPECT_EQ(values[static_cast<std::size_t>(p)], p < count ? 3 * p : 0);
    }
    EXPECT_LE(host.scratch_bytes(), static_cast<std::size_t>(threads) * (3 << 16));
  }
}

/// The blocks of a kernel, one inside the other's life.
std::int32_t noting_kernel(const tcc_runtime_table* runtime, void* const* buffers,
                           const std::int64_t* sizes) {
  auto** noted = static_cast<void**>(buffers[0]);
  noted[0] = runtime->allocate(runtime->context, static_cast<std::size_t>(sizes[0]));
  noted[1] = runtime->allocate(runtime->context, static_cast<std::size_t>(sizes[0]) * 3);
  runtime->release(runtime->context, noted[1]);
  runtime->release(runtime->context, noted[0]);
  return 0;
}

TEST(KernelHost, MemoryStaysFromCallToCall) {
  KernelHost host(1);
  constexpr std::int64_t bytes = 1 << 20;
  void* first[2];
  void* second[2];
  void* third[2];
  void* const buffers[][1] = {{first}, {second}, {third}};
  host.call(noting_kernel, buffers[0], &bytes);
  EXPECT_EQ(host.scratch_bytes(), 4 * bytes);
  host.call(noting_kernel, buffers[1], &bytes);
  host.call(noting_kernel, buffers[2], &bytes);
  EXPECT_EQ(std::memcmp(second, third, sizeof second), 0);
  EXPECT_EQ(host.scratch_bytes(), 4 * bytes);
}

/// Fails at the pieces that the closure marks, the lowest of them last.
std::int32_t fail_at_marks(const tcc_runtime_table* runtime, const void* closure,
                           std::int64_t begin, std::int64_t end) {
  const auto* marks = static_cast<const std::uint8_t*>(closure);
  for (std::int64_t p = begin; p < end; ++p) {
    if (marks[p] == 0) continue;
    std::this_thread::sleep_for(std::chrono::microseconds(std::max<std::int64_t>(300 - 2 * p, 0)));
    runtime->fail(runtime->context, "piece {}", p);
    return marks[p];
  }
  return 0;
}
std::int32_t failing_kernel(const tcc_runtime_table* runtime, void* const* buffers,
                            const std::int64_t* sizes) {
  return runtime->parallel(runtime->context, sizes[0], fail_at_marks, buffers[0]);
}

TEST(KernelHost, TheLowestFaultIsReported) {
  constexpr std::int64_t count = 200;
  for (const int threads : thread_counts) {
    KernelHost host(threads);
    for (const std::int64_t lowest : {0, 1, 50, 199}) {
      std::vector<std::uint8_t> marks(count, 0);
      for (std::int64_t p = lowest; p < count; ++p)
        marks[static_cast<std::size_t>(p)] = p == lowest ? TCC_FAULT_ENVIRONMENT : TCC_FAULT_DATA;
      void* const buffers[] = {marks.data()};
      EXPECT_EQ(host.call(failing_kernel, buffers, &count), TCC_FAULT_ENVIRONMENT);
      EXPECT_EQ(host.value(), lowest) << threads << " threads";
      EXPECT_EQ(host.message(), "piece {}");
      const std::vector<std::uint8_t> none(count, 0);
      void* const good[] = {const_cast<std::uint8_t*>(none.data())};
      EXPECT_EQ(host.call(failing_kernel, good, &count), 0);
    }
  }
}

/// A loop inside a piece: on the piece's own thread, in order.
struct Inner {
  std::int64_t next = 0;
  std::thread::id thread = std::this_thread::get_id();
  bool in_order = true;
};
std::int32_t inner_pieces(const tcc_runtime_table*, const void* closure, std::int64_t begin,
                          std::int64_t end) {
  auto& inner = *static_cast<Inner*>(const_cast<void*>(closure));
  inner.in_order &= begin == inner.next && inner.thread == std::this_thread::get_id();
  inner.next = end;
  return 0;
}
std::int32_t outer_pieces(const tcc_runtime_table* runtime, const void* closure, std::int64_t begin,
                          std::int64_t end) {
  for (std::int64_t p = begin; p < end; ++p) {
    Inner inner;
    runtime->parallel(runtime->context, 100, inner_pieces, &inner);
    if (!inner.in_order || inner.next != 100)
      ++*static_cast<std::atomic<int>*>(const_cast<void*>(closure));
    std::this_thread::sleep_for(20us);
  }
  return 0;
}
std::int32_t nested_kernel(const tcc_runtime_table* runtime, void* const* buffers,
                           const std::int64_t* sizes) {
  return runtime->parallel(runtime->context, sizes[0], outer_pieces, buffers[0]);
}

TEST(KernelHost, LoopsInsidePiecesRunInOrder) {
  for (const int threads : thread_counts) {
    KernelHost host(threads);
    std::atomic<int> wrong{0};
    void* const buffers[] = {&wrong};
    constexpr std::int64_t count = 50;
    EXPECT_EQ(host.call(nested_kernel, buffers, &count), 0);
    EXPECT_EQ(wrong, 0);
  }
}

/// Divides on every thread.
std::int32_t divide(const tcc_runtime_table*, const void* closure, std::int64_t begin,
                    std::int64_t end) {
  auto* values = static_cast<volatile float*>(const_cast<void*>(closure));
  for (std::int64_t p = begin; p < end; ++p) {
    std::this_thread::sleep_for(20us);
    values[p] = values[p] * 1e-38F / 3.0F;
  }
  return 0;
}
std::int32_t dividing_kernel(const tcc_runtime_table* runtime, void* const* buffers,
                             const std::int64_t* sizes) {
  runtime->parallel(runtime->context, sizes[0], divide, buffers[0]);
  runtime->fail(runtime->context, "so", 0);
  return static_cast<std::int32_t>(sizes[1]);
}

TEST(KernelHost, TheCallersFloatModeDoesNotCount) {
  const std::int64_t sizes[] = {64, 0};
  const std::int64_t failing[] = {64, TCC_FAULT_DATA};
  std::vector<float> given;
  for (int i = 0; i < 64; ++i)
    given.push_back(static_cast<float>(i) * 0.01F);
  for (const int threads : thread_counts) {
    const auto divided = [&](const std::int64_t* with) {
      KernelHost host(threads);
      std::vector<float> values = given;
      void* const buffers[] = {values.data()};
      EXPECT_EQ(host.call(dividing_kernel, buffers, with), with[1]);
      return values;
    };
    const std::vector<float> wanted = divided(sizes);
    EXPECT_NE(wanted[1], 0.0F);
    const CallerFloatMode odd;
    EXPECT_EQ(std::memcmp(divided(sizes).data(), wanted.data(), 64 * sizeof(float)), 0);
    EXPECT_TRUE(odd.is_in_force());
    EXPECT_EQ(std::memcmp(divided(failing).data(), wanted.data(), 64 * sizeof(float)), 0);
    EXPECT_TRUE(odd.is_in_force());
  }
}

TEST(KernelHost, ManyHostsAtOnce) {
  std::vector<std::thread> callers;
  std::atomic<int> wrong{0};
  for (int c = 0; c < 8; ++c) {
    callers.emplace_back([&] {
      KernelHost host(4);
      for (int r = 0; r < 5; ++r) {
        std::vector<std::int64_t> values(30, 0);
        void* const buffers[] = {values.data()};
        const std::int64_t count = 30;
        if (host.call(numbers_kernel, buffers, &count) != 0) ++wrong;
        for (std::int64_t p = 0; p < count; ++p) {
          if (values[static_cast<std::size_t>(p)] != 3 * p) ++wrong;
        }
      }
    });
  }
  for (std::thread& caller : callers)
    caller.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace tcc

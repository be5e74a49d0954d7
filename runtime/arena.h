// The memory of a plan's temporaries (ir/memory_plan.h): one block, kept from run to run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <tl/expected.hpp>

namespace tcc {

/// No memory: what was asked for, and what this process could have had, where that is known.
struct OutOfMemory {
  std::int64_t asked = 0;
  std::optional<std::int64_t> available;
};

/// A block that grows, aligned to 64 bytes. What it holds is lost when it grows. Not for several
/// threads at once.
///
/// From 2 MiB on, the size of a huge page of x86-64 and of most of AArch64, it is mapped, aligned
/// to 2 MiB, and the system is asked for huge pages: a fault fills 2 MiB in place of 4 KiB, and a
/// tensor of 100 MB takes 50 entries of the TLB, not 25,000. Below that there is nothing to gain.
class Arena {
 public:
  static constexpr std::size_t alignment = 64;
  static constexpr std::int64_t mapped_from = std::int64_t{2} << 20;  ///< bytes

  Arena() = default;
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;
  ~Arena() { release(); }

  /// Makes it `bytes` large at least; it never shrinks. A failure leaves it empty, and the next
  /// call starts anew. A request for more than available_memory() fails, although the system might
  /// promise it: what it cannot give later ends the process, without a message.
  [[nodiscard]] tl::expected<void, OutOfMemory> reserve(std::int64_t bytes);

  std::byte* data() const { return data_; }  ///< null while it has no bytes
  std::int64_t bytes() const { return bytes_; }

 private:
  void release() noexcept;

  std::byte* data_ = nullptr;
  std::int64_t bytes_ = 0;
};

}  // namespace tcc

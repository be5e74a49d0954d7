// Memory from the system's allocator, or mapped where huge pages pay.
#include "runtime/arena.h"

#include <cstdlib>
#include <new>
#include <utility>

#include "runtime/available_memory.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace tcc {

namespace {

/// Smaller requests are made without a look at what is available, which takes some 50 us.
constexpr std::int64_t looked_up_from = std::int64_t{64} << 20;

std::int64_t rounded_up(std::int64_t bytes, std::int64_t multiple) {
  return (bytes + multiple - 1) / multiple * multiple;
}

#if defined(__linux__)

std::byte* map_aligned(std::int64_t bytes) {
  constexpr std::int64_t page = Arena::mapped_from;
  const auto length = static_cast<std::size_t>(bytes + page);
  void* mapped = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* begin = static_cast<std::byte*>(mapped);
  const auto address = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(begin));
  const std::int64_t before = rounded_up(address, page) - address;
  const std::int64_t after = page - before;
  if (before > 0) munmap(begin, static_cast<std::size_t>(before));
  if (after > 0) munmap(begin + before + bytes, static_cast<std::size_t>(after));
#if defined(MADV_HUGEPAGE)
  // Where it is not granted, small pages do as well.
  static_cast<void>(madvise(begin + before, static_cast<std::size_t>(bytes), MADV_HUGEPAGE));
#endif
  return begin + before;
}

void unmap(std::byte* data, std::int64_t bytes) { munmap(data, static_cast<std::size_t>(bytes)); }

#else

std::byte* map_aligned(std::int64_t bytes) {
  return static_cast<std::byte*>(::operator new(static_cast<std::size_t>(bytes),
                                                std::align_val_t(Arena::alignment), std::nothrow));
}

void unmap(std::byte* data, std::int64_t) {
  ::operator delete(data, std::align_val_t(Arena::alignment));
}

#endif

std::byte* allocate(std::int64_t bytes) {
  if (bytes >= Arena::mapped_from) return map_aligned(bytes);
  return static_cast<std::byte*>(::operator new(static_cast<std::size_t>(bytes),
                                                std::align_val_t(Arena::alignment), std::nothrow));
}

}  // namespace

Arena::Arena(Arena&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

tl::expected<void, OutOfMemory> Arena::reserve(std::int64_t bytes) {
  if (bytes <= bytes_) return {};
  release();  // before there is more: the two are not needed at once
  std::optional<std::int64_t> available;
  constexpr std::int64_t absurd = std::int64_t{1} << 56;  // no machine has such addresses
  if (bytes >= looked_up_from) {
    available = available_memory();
    if (bytes > available.value_or(absurd)) return tl::unexpected(OutOfMemory{bytes, available});
  }
  constexpr std::int64_t small_page = 4096;
  bytes = rounded_up(bytes, bytes < mapped_from ? std::int64_t{alignment} : small_page);
  data_ = allocate(bytes);
  if (data_ == nullptr) return tl::unexpected(OutOfMemory{bytes, available});
  bytes_ = bytes;
  return {};
}

void Arena::release() noexcept {
  if (data_ == nullptr) return;
  if (bytes_ >= mapped_from) {
    unmap(data_, bytes_);
  } else {
    ::operator delete(data_, std::align_val_t(alignment));
  }
  data_ = nullptr;
  bytes_ = 0;
}

}  // namespace tcc

// The C library's allocator with a counter in front: glibc has its functions under names of their
// own for this.
#include "tests/support/count_allocations.h"

#include <atomic>
#include <cerrno>

#include "tests/support/sanitized.h"

namespace tcc::tests {

namespace {

std::atomic<std::size_t> count = 0;

}  // namespace

const bool counts_allocations = !is_sanitized;

std::size_t count_allocations(const std::function<void()>& function) {
  const std::size_t before = count.load();
  function();
  return count.load() - before;
}

void note_allocation() { count.fetch_add(1, std::memory_order_relaxed); }

}  // namespace tcc::tests

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if !defined(__has_feature)
#define TCC_COUNTS_ALLOCATIONS 1
#elif !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define TCC_COUNTS_ALLOCATIONS 1
#endif
#endif

#if TCC_COUNTS_ALLOCATIONS
extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

#pragma GCC visibility push(default)  // the C++ library is to find them

void* malloc(std::size_t bytes) {
  tcc::tests::note_allocation();
  return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  tcc::tests::note_allocation();
  return __libc_calloc(count, bytes);
}
void* realloc(void* memory, std::size_t bytes) {
  tcc::tests::note_allocation();
  return __libc_realloc(memory, bytes);
}
void* memalign(std::size_t alignment, std::size_t bytes) {
  tcc::tests::note_allocation();
  return __libc_memalign(alignment, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) { return memalign(alignment, bytes); }
int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  *memory = memalign(alignment, bytes);
  return *memory == nullptr ? ENOMEM : 0;
}

#pragma GCC visibility pop

}  // extern "C"
#endif

// What kernels ask of their host.
#include "runtime/kernel_host.h"

#include <cstdlib>

namespace tcc {

KernelHost::KernelHost(int threads)
    : threads_(threads), table_{TCC_RUNTIME_TABLE_VERSION, this, allocate, release, fail} {}

KernelHost::~KernelHost() = default;

std::int32_t KernelHost::call(tcc_kernel kernel, void* const* buffers, const std::int64_t* sizes) {
  return kernel(&table_, buffers, sizes);
}

void* KernelHost::allocate(void*, std::size_t bytes) {
  constexpr std::size_t alignment = 64;
  return std::aligned_alloc(alignment, (bytes + alignment) / alignment * alignment);
}

void KernelHost::release(void*, void* memory) { std::free(memory); }

void KernelHost::fail(void* host, const char* message, std::int64_t value) {
  auto& self = *static_cast<KernelHost*>(host);
  self.message_ = message;
  self.value_ = value;
}

}  // namespace tcc

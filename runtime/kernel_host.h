// What kernels ask of their host, and how they are called.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <tcc/runtime_table.h>

namespace tcc {

/// Calls kernels: gives them memory, and keeps what one says that fails.
///
/// The memory that kernels allocate stays here from call to call, so that the second call of a
/// kernel with the same sizes allocates nothing. Calls of one host must not overlap.
class KernelHost {
 public:
  explicit KernelHost(int threads);
  ~KernelHost();
  KernelHost(const KernelHost&) = delete;
  KernelHost& operator=(const KernelHost&) = delete;

  /// 0, or the fault that the kernel returned (TCC_FAULT_..); then message() and value() say why.
  std::int32_t call(tcc_kernel kernel, void* const* buffers, const std::int64_t* sizes);

  /// Of the last call that failed; `{}` in the message stands for the value.
  const std::string& message() const { return message_; }
  std::int64_t value() const { return value_; }

 private:
  static void* allocate(void* host, std::size_t bytes);
  static void release(void* host, void* memory);
  static void fail(void* host, const char* message, std::int64_t value);

  [[maybe_unused]] int threads_;
  tcc_runtime_table table_;
  std::string message_;
  std::int64_t value_ = 0;
};

}  // namespace tcc

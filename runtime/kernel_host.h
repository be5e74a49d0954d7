// What kernels ask of their host, and how they are called.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <tcc/runtime_table.h>

#include "runtime/float_mode.h"
#include "runtime/scratch_memory.h"

namespace tcc {

/// Calls kernels: gives them memory and threads, and keeps what one says that fails.
///
/// The memory that kernels allocate stays here from call to call, for each thread, so that the
/// second call of a kernel with the same sizes allocates nothing. Calls of one host must not
/// overlap. Kernels compute in the mode of runtime/float_mode.h; a caller of many may hold one of
/// its own around all.
class KernelHost {
 public:
  /// `threads`: at most that many for a parallel loop; 0 for all cores.
  explicit KernelHost(int threads);
  ~KernelHost();
  KernelHost(const KernelHost&) = delete;
  KernelHost& operator=(const KernelHost&) = delete;

  /// 0, or the fault that the kernel returned (TCC_FAULT_..); then message() and value() say why.
  std::int32_t call(tcc_kernel kernel, void* const* buffers, const std::int64_t* sizes);

  /// Of the last call that failed; `{}` in the message stands for the value.
  std::string message() const;
  std::int64_t value() const;

  /// Bytes that are kept for the kernels' next calls, of all threads.
  std::size_t scratch_bytes() const;

 private:
  struct Thread;
  struct Loop;
  /// How long the pieces of a loop take, from its last run: a loop that is over before another
  /// thread has woken up is not shared out.
  struct Cost {
    tcc_pieces body = nullptr;
    double nanoseconds_of_piece = 0;
  };

  static void* allocate(void* thread, std::size_t bytes);
  static void release(void* thread, void* memory);
  static void fail(void* thread, const char* message, std::int64_t value);
  static std::int32_t parallel(void* thread, std::int64_t count, tcc_pieces body,
                               const void* closure);
  static bool do_pieces(void* loop, int thread, std::int64_t begin, std::int64_t end);

  int worthwhile_threads(std::int64_t count, const Cost& cost) const;
  std::int32_t share_out(std::int64_t count, tcc_pieces body, const void* closure);
  Cost& cost_of(tcc_pieces body);

  int count_;
  std::unique_ptr<Thread[]> threads_;  ///< the caller's first
  std::array<Cost, 32> costs_;         ///< by a part of the address, the last one that had it
};

}  // namespace tcc

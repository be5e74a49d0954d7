// What kernels ask of their host.
#include "runtime/kernel_host.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "runtime/thread_pool.h"

namespace tcc {

namespace {

int number_of_threads(int wanted) {
  return std::clamp(wanted == 0 ? usable_cores() : wanted, 1, max_threads);
}

}  // namespace

/// What a thread has to itself while it runs kernels of this host.
struct alignas(64) KernelHost::Thread {
  KernelHost* host = nullptr;
  tcc_runtime_table table{};
  ScratchMemory scratch;
  bool is_in_loop = false;
  const char* message = "";
  std::int64_t value = 0;
  /// Of the lowest range of a loop that failed on this thread.
  std::int64_t failed_at = std::numeric_limits<std::int64_t>::max();
  std::int32_t fault = 0;
};

struct KernelHost::Loop {
  KernelHost* host;
  tcc_pieces body;
  const void* closure;
  /// What the caller's thread did.
  std::int64_t pieces = 0;
  std::chrono::nanoseconds time{};
};

KernelHost::KernelHost(int threads)
    : count_(number_of_threads(threads)),
      threads_(std::make_unique<Thread[]>(static_cast<std::size_t>(count_))) {
  for (int t = 0; t < count_; ++t) {
    Thread& thread = threads_[static_cast<std::size_t>(t)];
    thread.host = this;
    thread.table = {TCC_RUNTIME_TABLE_VERSION, &thread, allocate, release, fail, parallel};
  }
}

KernelHost::~KernelHost() = default;

std::int32_t KernelHost::call(tcc_kernel kernel, void* const* buffers, const std::int64_t* sizes) {
  const DefaultFloatMode mode;
  return kernel(&threads_[0].table, buffers, sizes);
}

std::string KernelHost::message() const { return threads_[0].message; }

std::int64_t KernelHost::value() const { return threads_[0].value; }

std::size_t KernelHost::scratch_bytes() const {
  std::size_t sum = 0;
  for (int t = 0; t < count_; ++t)
    sum += threads_[static_cast<std::size_t>(t)].scratch.capacity();
  return sum;
}

void* KernelHost::allocate(void* thread, std::size_t bytes) {
  return static_cast<Thread*>(thread)->scratch.allocate(bytes);
}

void KernelHost::release(void* thread, void* memory) {
  static_cast<Thread*>(thread)->scratch.release(memory);
}

void KernelHost::fail(void* thread, const char* message, std::int64_t value) {
  static_cast<Thread*>(thread)->message = message;
  static_cast<Thread*>(thread)->value = value;
}

std::int32_t KernelHost::parallel(void* thread, std::int64_t count, tcc_pieces body,
                                  const void* closure) {
  if (count <= 0) return 0;
  auto& self = *static_cast<Thread*>(thread);
  KernelHost& host = *self.host;
  if (host.count_ == 1 || count == 1 || self.is_in_loop) {
    return body(&self.table, closure, 0, count);
  }
  return host.share_out(count, body, closure);
}

KernelHost::Cost& KernelHost::cost_of(tcc_pieces body) {
  const auto address = reinterpret_cast<std::uintptr_t>(body);
  Cost& cost = costs_[(address / 16) % costs_.size()];
  if (cost.body != body) cost = {body, 0};
  return cost;
}

/// As many threads as have some microseconds to do each; all where the costs are not known.
int KernelHost::worthwhile_threads(std::int64_t count, const Cost& cost) const {
  constexpr double shortest = 5'000;  // nanoseconds: waking a thread takes about as long
  if (cost.nanoseconds_of_piece == 0) return count_;
  const double threads = cost.nanoseconds_of_piece * static_cast<double>(count) / shortest;
  return threads < count_ ? std::max(static_cast<int>(threads), 1) : count_;
}

bool KernelHost::do_pieces(void* loop, int number, std::int64_t begin, std::int64_t end) {
  using Clock = std::chrono::steady_clock;
  Loop& self = *static_cast<Loop*>(loop);
  Thread& thread = self.host->threads_[static_cast<std::size_t>(number)];
  const auto start = number == 0 ? Clock::now() : Clock::time_point();
  const std::int32_t fault = self.body(&thread.table, self.closure, begin, end);
  if (number == 0) {
    self.pieces += end - begin;
    self.time += Clock::now() - start;
  }
  if (fault == 0) return true;
  thread.failed_at = begin;
  thread.fault = fault;
  return false;
}

std::int32_t KernelHost::share_out(std::int64_t count, tcc_pieces body, const void* closure) {
  Cost& cost = cost_of(body);
  const int threads = worthwhile_threads(count, cost);
  Loop loop{this, body, closure};
  const std::span all(threads_.get(), static_cast<std::size_t>(threads));
  for (Thread& thread : all) {
    thread.is_in_loop = true;
    thread.fault = 0;
  }
  if (threads == 1)
    do_pieces(&loop, 0, 0, count);
  else
    ThreadPool::of_process().run(count, threads, do_pieces, &loop);
  if (loop.pieces > 0) {
    cost.nanoseconds_of_piece =
        std::max(static_cast<double>(loop.time.count()), 1.0) / static_cast<double>(loop.pieces);
  }
  const Thread* lowest = nullptr;
  for (Thread& thread : all) {
    thread.is_in_loop = false;
    if (thread.fault != 0 && (!lowest || thread.failed_at < lowest->failed_at)) lowest = &thread;
  }
  if (!lowest) return 0;
  threads_[0].message = lowest->message;
  threads_[0].value = lowest->value;
  return lowest->fault;
}

}  // namespace tcc

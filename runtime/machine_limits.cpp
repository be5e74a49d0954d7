// Kernels that do nothing but multiply and add, read, or copy; timed.
#include "runtime/machine_limits.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <memory>
#include <thread>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dsl/diagnostic.h"
#include "ir/parser.h"
#include "runtime/cpu_jit.h"
#include "runtime/machine_limits_file.h"

namespace tcc {

namespace {

/// Independent chains of operations: more than latency times units of any CPU, fewer than
/// registers.
constexpr int chains = 12;

bool has_fma() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("fma") != 0;
#else
  return true;
#endif
}

struct VectorType {
  const char* name;  ///< "f32"
  const char* suffix;
  std::int64_t lanes;
};

/// n steps of `chains` vectors each. The values tend to 1.
std::string arithmetic_text(const VectorType& type) {
  const std::string lane = fmt::format("acc[u, ramp(0, 1, {})]", type.lanes);
  const std::string step =
      has_fma() ? fmt::format("fma({}, a, b)", lane) : fmt::format("{} * a + b", lane);
  return fmt::format(R"(size n
output y: {0}[{1}, {2}]
kernel y {{
  allocate acc: {0}[{1}, {2}] in registers
  unrolled for u in 0:{1} {{ {4} = broadcast({0}(u), {2}) }}
  let a = broadcast(0.75{3}, {2})
  let b = broadcast(0.25{3}, {2})
  for i in 0:n {{
    unrolled for u in 0:{1} {{ {4} = {5} }}
  }}
  unrolled for u in 0:{1} {{ y[u, ramp(0, 1, {2})] = {4} }}
}}
)",
                     type.name, chains, type.lanes, type.suffix, lane, step);
}

/// Vectors of one row of memory, several cache lines.
constexpr int row_vectors = 8;

/// Sums m times what is in n rows.
std::string read_text(std::int64_t lanes) {
  return fmt::format(R"(size m, n
input x: f32[n, {0}, {1}]
output y: f32[{0}, {1}]
kernel y {{
  allocate acc: f32[{0}, {1}] in registers
  unrolled for u in 0:{0} {{ acc[u, ramp(0, 1, {1})] = broadcast(0.0, {1}) }}
  for r in 0:m {{
    for i in 0:n {{
      unrolled for u in 0:{0} {{
        acc[u, ramp(0, 1, {1})] = acc[u, ramp(0, 1, {1})] + x[i, u, ramp(0, 1, {1})]
      }}
    }}
  }}
  unrolled for u in 0:{0} {{ y[u, ramp(0, 1, {1})] = acc[u, ramp(0, 1, {1})] }}
}}
)",
                     row_vectors, lanes);
}

std::string copy_text(std::int64_t lanes) {
  return fmt::format(R"(size n
input x: f32[n, {0}, {1}]
output y: f32[n, {0}, {1}]
kernel y {{
  for i in 0:n {{
    unrolled for u in 0:{0} {{
      nontemporal y[i, u, ramp(0, 1, {1})] = x[i, u, ramp(0, 1, {1})]
    }}
  }}
}}
)",
                     row_vectors, lanes);
}

/// The code keeps nothing of its text.
tl::expected<std::shared_ptr<const CpuCode>, std::string> compile_text(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const ir::LoopProgram program =
      ir::parse_loop_program(sources, sources.add("<limits>", text), diagnostics);
  if (diagnostics.has_errors()) bug(render(diagnostics, sources) + text);
  return compile_for_cpu(program, {ir::host_target(), 3});
}

void call(const CpuCode& code, void* const* buffers, const std::int64_t* sizes) {
  tcc_runtime_table table{};  // these kernels ask for nothing
  table.version = TCC_RUNTIME_TABLE_VERSION;
  code.kernels().front()(&table, buffers, sizes);
}

struct Release {
  void operator()(void* memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<char, Release>;

/// In huge pages where the system has them, so that the first touch takes less of the time.
Memory new_memory(std::size_t bytes) {
  constexpr std::size_t alignment = std::size_t{2} << 20;
  const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
  Memory memory(static_cast<char*>(std::aligned_alloc(alignment, whole)));
  if (memory) madvise(memory.get(), whole, MADV_HUGEPAGE);
  return memory;
}

using Clock = std::chrono::steady_clock;

/// Seconds that `work(thread)` takes on all threads at once, the slowest counting. This thread is
/// number 0.
template <typename Work> double seconds_of(int threads, const Work& work) {
  if (threads == 1) {
    const auto begin = Clock::now();
    work(0);
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }
  std::atomic<int> waiting = threads;
  const auto start_together = [&waiting] {
    --waiting;
    while (waiting > 0)
      std::this_thread::yield();
  };
  std::vector<std::thread> others;
  for (int t = 1; t < threads; ++t) {
    others.emplace_back([&, t] {
      start_together();
      work(t);
    });
  }
  start_together();
  const auto begin = Clock::now();
  work(0);
  for (std::thread& other : others)
    other.join();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Amount a second, the best of a few tries. `amount`: of one try of one thread.
template <typename Work> double best_rate(int threads, int tries, double amount, const Work& work) {
  double best = std::numeric_limits<double>::infinity();
  for (int t = 0; t < tries; ++t)
    best = std::min(best, seconds_of(threads, work));
  return amount * threads / std::max(best, 1e-9);
}

struct LimitCode {
  std::shared_ptr<const CpuCode> f32, f64, read, copy;
  std::int64_t lanes;  ///< of f32
};

tl::expected<LimitCode, std::string> compile_all() {
  LimitCode code;
  code.lanes = ir::host_target().lanes(4);
  const std::pair<std::shared_ptr<const CpuCode>*, std::string> texts[] = {
      {&code.f32, arithmetic_text({"f32", "", code.lanes})},
      {&code.f64, arithmetic_text({"f64", "f64", code.lanes / 2})},
      {&code.read, read_text(code.lanes)},
      {&code.copy, copy_text(code.lanes)},
  };
  for (const auto& [place, text] : texts) {
    auto made = compile_text(text);
    if (!made) return tl::unexpected(made.error());
    *place = std::move(*made);
  }
  return code;
}

double arithmetic_rate(const CpuCode& code, int threads, std::int64_t lanes) {
  constexpr std::int64_t steps = 200'000;
  const auto work = [&](int) {
    alignas(64) double results[chains * 8];
    void* const buffers[] = {results};
    call(code, buffers, &steps);
  };
  return best_rate(threads, 5, 2.0 * chains * static_cast<double>(lanes * steps), work);
}

std::int64_t system_bytes(int name, std::int64_t fallback) {
  const long bytes = sysconf(name);
  return bytes > 0 ? bytes : fallback;
}

/// Measures memory that all threads share between them, each its own part.
class MemoryMeter {
 public:
  MemoryMeter(const LimitCode& code, char* memory, std::int64_t bytes)
      : code_(code), memory_(memory), bytes_(bytes) {}

  /// Each thread reads the first `bytes` of its part `repeats` times.
  double read_rate(int threads, std::int64_t bytes, std::int64_t repeats) const {
    const std::int64_t part = bytes_ / threads / 4096 * 4096;
    const std::int64_t sizes[] = {repeats, std::min(bytes, part) / row_bytes()};
    const auto work = [&](int thread) {
      alignas(64) float sums[row_vectors * 16];
      void* const buffers[] = {memory_ + thread * part, sums};
      call(*code_.read, buffers, sizes);
    };
    const auto amount = static_cast<double>(sizes[0] * sizes[1] * row_bytes());
    return best_rate(threads, 3, amount, work);
  }

  /// Each thread copies one half of its part to the other.
  double copy_rate(int threads) const {
    const std::int64_t part = bytes_ / threads / 8192 * 8192;
    const std::int64_t rows = part / 2 / row_bytes();
    const auto work = [&](int thread) {
      char* from = memory_ + thread * part;
      void* const buffers[] = {from, from + part / 2};
      call(*code_.copy, buffers, &rows);
    };
    return best_rate(threads, 3, 2.0 * static_cast<double>(rows * row_bytes()), work);
  }

 private:
  std::int64_t row_bytes() const { return row_vectors * code_.lanes * 4; }

  const LimitCode& code_;
  char* memory_;
  std::int64_t bytes_;
};

/// Half of each cache is read, so that the other half is for whatever else there is.
std::vector<MemoryLevel> levels_of(const MemoryMeter& meter, int threads, std::int64_t memory) {
  const auto limits = ir::host_target().limits;
  const std::int64_t l3 = system_bytes(_SC_LEVEL3_CACHE_SIZE, 0);
  constexpr std::int64_t amount = std::int64_t{32} << 20;  // read from a cache in one try
  struct Cache {
    const char* name;
    std::int64_t bytes;  ///< of all threads
    std::int64_t tried;  ///< of one
  };
  const Cache caches[] = {
      {"L1", limits.l1_bytes * threads, limits.l1_bytes / 2},
      {"L2", limits.l2_bytes * threads, limits.l2_bytes / 2},
      {"L3", l3, std::min({l3 / 2 / threads, 4 * limits.l2_bytes, memory / threads})},
  };
  std::vector<MemoryLevel> levels;
  for (const Cache& cache : caches) {
    if (cache.bytes == 0 || cache.tried < 4096) continue;
    const double rate =
        meter.read_rate(threads, cache.tried, std::max<std::int64_t>(1, amount / cache.tried));
    levels.push_back({cache.name, static_cast<double>(cache.bytes), rate});
  }
  levels.push_back({"memory", std::numeric_limits<double>::infinity(),
                    meter.read_rate(threads, memory, 1), meter.copy_rate(threads)});
  return levels;
}

tl::expected<MachineLimits, std::string> measure(int threads) {
  const auto code = compile_all();
  if (!code) return tl::unexpected(code.error());
  // Twice the last cache, within what a machine has to spare for a moment.
  const std::int64_t bytes = std::clamp(2 * system_bytes(_SC_LEVEL3_CACHE_SIZE, 0),
                                        std::int64_t{64} << 20, std::int64_t{128} << 20);
  const Memory memory = new_memory(static_cast<std::size_t>(bytes));
  if (!memory) return tl::unexpected(fmt::format("no {} MiB of memory to measure", bytes >> 20));
  std::fill_n(memory.get(), bytes, char{0});
  const MemoryMeter meter(*code, memory.get(), bytes);
  const auto limits_of = [&](int count) {
    return ThreadLimits{count, arithmetic_rate(*code->f32, count, code->lanes),
                        arithmetic_rate(*code->f64, count, code->lanes / 2),
                        levels_of(meter, count, bytes)};
  };
  const ThreadLimits one = limits_of(1);
  return MachineLimits{machine_identity(), one, threads == 1 ? one : limits_of(threads)};
}

}  // namespace

tl::expected<MachineLimits, std::string> machine_limits(const LimitsRequest& request) {
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  if (!request.folder.empty() && request.freshness == Freshness::kept) {
    if (auto kept = load_limits(request.folder, request.threads, now)) return std::move(*kept);
  }
  auto limits = measure(request.threads);
  if (limits && !request.folder.empty()) keep_limits(request.folder, *limits, now);
  return limits;
}

RooflineShare roofline_share(const ir::KernelWork& work, double seconds,
                             const ThreadLimits& limits) {
  if (seconds <= 0) return {0, ""};
  const double arithmetic =
      (work.flops + work.calls) / limits.flops_f32 + work.flops_f64 / limits.flops_f64;
  const auto level = std::ranges::find_if(
      limits.levels, [&](const MemoryLevel& each) { return work.bytes() <= each.bytes; });
  const double traffic = work.bytes() / level->best();
  if (arithmetic <= 0 && traffic <= 0) return {0, ""};
  if (arithmetic >= traffic) return {arithmetic / seconds, "arithmetic"};
  return {traffic / seconds, level->name};
}

}  // namespace tcc

// The table of CPUs by name, and this machine.
#include "ir/target.h"

#include <algorithm>
#include <array>

#include <unistd.h>

namespace tcc::ir {
namespace {

constexpr std::int64_t kib = 1024;

/// LLVM's name of a CPU, and what a schedule has to know of it.
struct CpuInfo {
  std::string_view name;
  std::int64_t vector_bytes;
  std::int64_t vector_registers;
  std::int64_t l1_bytes;
  std::int64_t l2_bytes;
};

constexpr std::array<CpuInfo, 10> cpus = {{
    {"x86-64", 16, 16, 32 * kib, 256 * kib},
    {"x86-64-v2", 16, 16, 32 * kib, 256 * kib},
    {"x86-64-v3", 32, 16, 32 * kib, 256 * kib},
    {"x86-64-v4", 64, 32, 32 * kib, 1024 * kib},
    {"haswell", 32, 16, 32 * kib, 256 * kib},
    {"skylake-avx512", 64, 32, 32 * kib, 1024 * kib},
    {"sapphirerapids", 64, 32, 48 * kib, 2048 * kib},
    {"znver3", 32, 16, 32 * kib, 512 * kib},
    {"znver4", 64, 32, 32 * kib, 1024 * kib},
    {"znver5", 64, 32, 48 * kib, 1024 * kib},
}};

Target target_of(std::string name, std::string cpu, const CpuInfo& info) {
  return {TargetKind::cpu,
          std::move(name),
          std::move(cpu),
          {info.vector_bytes, info.vector_registers, info.l1_bytes, info.l2_bytes, 0, 0}};
}

/// What the system says of a cache; the fallback where it does not know, as in some containers.
std::int64_t cache_bytes(int name, std::int64_t fallback) {
  const long bytes = sysconf(name);
  return bytes > 0 ? bytes : fallback;
}

CpuInfo detect() {
  CpuInfo info{"", 16, 16, cache_bytes(_SC_LEVEL1_DCACHE_SIZE, 32 * kib),
               cache_bytes(_SC_LEVEL2_CACHE_SIZE, 512 * kib)};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
    info.vector_bytes = 64;
    info.vector_registers = 32;
  } else if (__builtin_cpu_supports("avx2")) {
    info.vector_bytes = 32;
  }
#else
  info.vector_registers = 32;  // AArch64's NEON
#endif
  return info;
}

}  // namespace

std::int64_t Target::lanes(std::int64_t element_bytes) const {
  return std::max<std::int64_t>(1, limits.vector_bytes / element_bytes);
}

std::optional<Target> find_target(std::string_view name) {
  constexpr std::string_view prefix = "cpu:";
  if (name == "cpu") return host_target();
  if (!name.starts_with(prefix)) return {};
  const std::string_view wanted = name.substr(prefix.size());
  for (const CpuInfo& info : cpus) {
    if (info.name == wanted) return target_of(std::string(name), std::string(info.name), info);
  }
  return {};
}

Target host_target() { return target_of("cpu", "", detect()); }

}  // namespace tcc::ir

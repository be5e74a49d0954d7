// The machines code is made for, as plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tcc::ir {

enum class TargetKind : std::uint8_t { cpu, cuda, emulator };

/// What a schedule has to fit into. Sizes in bytes.
struct DeviceLimits {
  std::int64_t vector_bytes;  ///< CPU: width of a register
  std::int64_t vector_registers;
  std::int64_t l1_bytes;
  std::int64_t l2_bytes;
  std::int64_t max_threads_per_block;  ///< GPU; 0 on a CPU
  std::int64_t max_shared_bytes_per_block;
};

struct Target {
  TargetKind kind;
  std::string name;  ///< "cpu", "cpu:x86-64-v3", "cuda:sm_90a"
  std::string cpu;   ///< LLVM's CPU name; "" for the host's own
  DeviceLimits limits;

  /// Lanes of `dtype` in one vector register; at least 1.
  std::int64_t lanes(std::int64_t element_bytes) const;
};

/// `cpu`, `cpu:NAME`. Nothing for a name that is in no table.
std::optional<Target> find_target(std::string_view name);

/// This machine, from its CPU's feature flags.
Target host_target();

}  // namespace tcc::ir

// Loop IR to machine code in this process, by LLVM's ORC.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tcc/runtime_table.h>
#include <tl/expected.hpp>

#include "ir/loop_program.h"
#include "ir/target.h"

namespace tcc {

struct CpuCodeOptions {
  ir::Target target;
  int optimization = 3;  ///< 0 to 3
  /// Called as each part of the compilation begins: "emit", "optimize", "generate".
  std::function<void(std::string_view part)> on_part = {};
};

/// Machine code of a program; immutable, its functions may be called from any thread.
class CpuCode {
 public:
  virtual ~CpuCode() = default;
  /// As many as the program has kernels, in its order.
  virtual const std::vector<tcc_kernel>& kernels() const = 0;
};

/// Object code, one file a module: position-independent, and of no symbol but those that any host
/// of this library defines, so that it can be kept and linked in another process.
using CpuObjects = std::vector<std::string>;

/// Errors (environment): built without LLVM; a CPU name that LLVM does not know; a CPU whose
/// instructions this one lacks. Safe to call from several threads at once.
[[nodiscard]] tl::expected<CpuObjects, std::string> generate_cpu_objects(
    const ir::LoopProgram& program, const CpuCodeOptions& options);

/// Machine code of objects that generate_cpu_objects() has made of a program of `kernels` kernels,
/// here or in another process of the same host_cpu_identity(). Errors as there.
[[nodiscard]] tl::expected<std::shared_ptr<const CpuCode>, std::string> link_cpu_objects(
    const CpuObjects& objects, std::size_t kernels);

/// Both at once.
[[nodiscard]] tl::expected<std::shared_ptr<const CpuCode>, std::string> compile_for_cpu(
    const ir::LoopProgram& program, const CpuCodeOptions& options);

/// LLVM IR after optimization, or assembly, as text (`--stage llvm`, `--stage asm`): of any CPU
/// that LLVM knows, the same text for the same program and options.
enum class CpuText : std::uint8_t { llvm, assembly };
[[nodiscard]] tl::expected<std::string, std::string> cpu_code_text(const ir::LoopProgram& program,
                                                                   const CpuCodeOptions& options,
                                                                   CpuText form);

/// "LLVM 22.1.8, znver5, 512-bit vectors", or why there is none (`tcc doctor`).
std::string describe_cpu_jit();

/// All that machine code for this machine's own CPU depends on beside the program: its name and
/// features, and the version of LLVM. Empty without LLVM. Asked of the CPU once.
const std::string& host_cpu_identity();

}  // namespace tcc

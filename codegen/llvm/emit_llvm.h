// Loop IR to LLVM IR: the way to CPU code.
#pragma once

#include <memory>

#include "ir/loop_program.h"

namespace llvm {
class LLVMContext;
class Module;
}  // namespace llvm

namespace tcc {

/// What of the machine decides which instructions are written.
struct LlvmOptions {
  /// f16 to f32 and back in hardware (x86's F16C); without it they are integer code.
  bool has_f16_conversions = false;
};

/// One function for each kernel, `tcc_kernel` of tcc/runtime_table.h, named "kernel_0", ..., and
/// one for each `parallel` loop, `tcc_pieces`; such a loop inside another runs in order.
/// Vectors are explicit, predicated accesses are masked loads and stores, unrolled loops are
/// expanded; no floating-point flag is set, so every result is the interpreter's, bit for bit
/// (which of several NaNs a NaN is, is not fixed).
/// Malformed IR is an internal bug; with TCC_CHECKS LLVM's verifier runs over the result.
std::unique_ptr<llvm::Module> emit_llvm(const ir::LoopProgram& program, llvm::LLVMContext& context,
                                        const LlvmOptions& options = {});

}  // namespace tcc

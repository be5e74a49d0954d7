// A module of all kernels.
#include "codegen/llvm/emit_llvm.h"

#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <fmt/format.h>

#include "codegen/llvm/kernel_emitter.h"
#include "dsl/diagnostic.h"

namespace tcc {
namespace {

/// LLVM's verifier over what was emitted: a breach is our bug.
[[maybe_unused]] void check_valid(const llvm::Module& module) {
  std::string breaches;
  llvm::raw_string_ostream stream(breaches);
  if (!llvm::verifyModule(module, &stream)) return;
  std::string text;
  llvm::raw_string_ostream text_stream(text);
  module.print(text_stream, nullptr);
  bug(fmt::format("malformed LLVM IR:\n{}\n{}", breaches, text));
}

}  // namespace

std::unique_ptr<llvm::Module> emit_llvm(const ir::LoopProgram& program, llvm::LLVMContext& context,
                                        const LlvmOptions& options) {
  auto module = std::make_unique<llvm::Module>("tcc", context);
  codegen::KernelEmitter emitter(program, *module, options);  // one: it knows all buffers
  for (std::size_t k = 0; k < program.kernels.size(); ++k)
    emitter.emit(program.kernels[k], fmt::format("kernel_{}", k));
#if TCC_CHECKS
  check_valid(*module);
#endif
  return module;
}

}  // namespace tcc

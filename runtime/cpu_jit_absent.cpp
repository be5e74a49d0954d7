// The CPU's compiler in a build without LLVM: it says so.
#include "runtime/cpu_jit.h"

namespace tcc {
namespace {

std::string absence() {
  return "this tcc was built without LLVM, so it cannot compile programs for the CPU";
}

}  // namespace

tl::expected<CpuObjects, std::string> generate_cpu_objects(const ir::LoopProgram&,
                                                           const CpuCodeOptions&) {
  return tl::unexpected(absence());
}

tl::expected<std::shared_ptr<const CpuCode>, std::string> link_cpu_objects(const CpuObjects&,
                                                                           std::size_t) {
  return tl::unexpected(absence());
}

tl::expected<std::shared_ptr<const CpuCode>, std::string> compile_for_cpu(const ir::LoopProgram&,
                                                                          const CpuCodeOptions&) {
  return tl::unexpected(absence());
}

tl::expected<std::string, std::string> cpu_code_text(const ir::LoopProgram&, const CpuCodeOptions&,
                                                     CpuText) {
  return tl::unexpected(absence());
}

std::string describe_cpu_jit() { return absence(); }

const std::string& host_cpu_identity() {
  static const std::string none;
  return none;
}

}  // namespace tcc

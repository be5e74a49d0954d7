// What the machine code in a cache depends on.
#include <gtest/gtest.h>

#include "runtime/cpu_jit.h"

namespace tcc {
namespace {

TEST(CpuJitIdentity, NamesCompilerAndCpu) {
  const std::string& identity = host_cpu_identity();
  // "LLVM 22.1.8, znver5, 512-bit vectors": the same version and name stand in both.
  const std::string shown = describe_cpu_jit();
  const std::string version = shown.substr(0, shown.find(','));
  EXPECT_TRUE(identity.starts_with(version + ", ")) << identity;
  const std::string name = shown.substr(version.size(), shown.rfind(',') - version.size());
  EXPECT_NE(identity.find(name + ", "), std::string::npos) << identity;
  EXPECT_NE(identity.find("+"), std::string::npos) << identity;  // a feature
  EXPECT_EQ(&host_cpu_identity(), &identity);
}

}  // namespace
}  // namespace tcc

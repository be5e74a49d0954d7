// separate_packing: which copies become kernels of their own.
#include "ir/passes/separate_packing.h"

#include <gtest/gtest.h>

#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/resident_kernels.h"

namespace tcc::ir {
namespace {

LoopProgram parsed(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  LoopProgram program = parse_loop_program(sources, sources.add("test", text), diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << render(diagnostics, sources);
  return program;
}

constexpr const char* buffers = R"(size N, M
input b: f32[N, M]
input x: f32[M, N]
output y: f32[M, N]

)";

std::vector<std::string> kernels_after(const std::string& kernel) {
  const LoopProgram program = separate_packing(parsed(buffers + kernel), {});
  std::vector<std::string> names;
  for (const Kernel& each : program.kernels)
    names.push_back(each.name);
  return names;
}

constexpr const char* packs_b = R"(kernel y {
  allocate P: f32[M, N] in heap
  for i in 0:M {
    for j in 0:N {
      P[i, j] = b[j, i]
    }
  }
  for i in 0:M {
    for j in 0:N {
      y[i, j] = x[i, j] * P[i, j]
    }
  }
}
)";

TEST(SeparatePacking, MakesAKernelOfACopyOfAnInput) {
  const LoopProgram program = separate_packing(parsed(std::string(buffers) + packs_b), {});
  EXPECT_EQ(print(program), std::string(R"(size N, M
input b: f32[N, M]
input x: f32[M, N]
output y: f32[M, N]
temporary P: f32[M, N]

kernel P {
  for i in 0:M of y {
    for j in 0:N {
      P[i, j] = b[j, i]
    }
  }
}

kernel y {
  for i in 0:M {
    for j in 0:N {
      y[i, j] = x[i, j] * P[i, j]
    }
  }
}
)"));
  const auto b = *program.find_buffer("b");
  const auto p = *program.find_buffer("P");
  const ResidentKernels of_b = resident_kernels(program, {b});
  EXPECT_EQ(of_b.kernels, std::vector<std::uint32_t>{0});
  EXPECT_EQ(of_b.results, std::vector<BufferId>{p});
  EXPECT_TRUE(resident_kernels(program, {*program.find_buffer("x")}).kernels.empty());
  EXPECT_TRUE(resident_kernels(program, {}).kernels.empty());
}

TEST(SeparatePacking, LeavesWhatReadsOtherResultsOrIsStoredToAgain) {
  std::string reads_y = packs_b;
  reads_y.replace(reads_y.find("= b[j, i]"), 9, "= y[i, j]");
  EXPECT_EQ(kernels_after(reads_y), std::vector<std::string>{"y"});
  std::string stores_again = packs_b;
  stores_again.replace(stores_again.find("      y[i, j] ="), 15,
                       "      P[i, j] = 0.0\n      y[i, j] =");
  EXPECT_EQ(kernels_after(stores_again), std::vector<std::string>{"y"});
  std::string on_stack = packs_b;
  on_stack.replace(on_stack.find("f32[M, N] in heap"), 17, "f32[4, 4] in stack");
  EXPECT_EQ(kernels_after(on_stack), std::vector<std::string>{"y"});
}

}  // namespace
}  // namespace tcc::ir

// Kernels that are too large for LLVM's passes: they give the interpreter's bits, and what is made
// of them grows no faster than they do. (Sizes are compared, not times.)
#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/run_loop_ir.h"

namespace tcc {
namespace {

constexpr int huge = 6'000;  // terms of two or three instructions each: over 12,000

/// The terms joined by operators in turn; A and B are small, so that products stay finite.
std::string long_expression(int terms) {
  const char* const operators[] = {"+", "-", "*", "-", "+"};
  std::string text = "A[i]";
  for (int t = 1; t < terms; ++t)
    text += fmt::format(" {} {}[i] * {}.5", operators[t % 5], t % 3 == 0 ? "B" : "A", t);
  return text;
}

/// A kernel of the expression, one behind it that is small, and memory on the stack that is asked
/// for behind what is cut.
std::string program_of(int terms) {
  return fmt::format(R"(
input A: f32[9]
input B: f32[9]
output O: f32[9]
output P: f32[9]
kernel O {{
  for i in 0:9 {{
    O[i] = {0}
    allocate part: f32[3] in stack
    part[1] = O[i] + B[i]
    O[i] = part[1] - A[i]
  }}
}}
kernel P {{
  for i in 0:9 {{ P[i] = O[i] * B[i] }}
}}
)",
                     long_expression(terms));
}

std::string code_of(const std::string& text, CpuText form) {
  const auto code = cpu_code_text(ir::parsed_valid(text), {ir::host_target(), 3}, form);
  EXPECT_TRUE(code);
  return code.value_or("");
}

/// The most lines between two labels.
std::size_t longest_block(const std::string& llvm_text) {
  std::istringstream lines(llvm_text);
  std::size_t longest = 0, length = 0;
  for (std::string line; std::getline(lines, line);) {
    length = line.starts_with("  ") ? length + 1 : 0;
    longest = std::max(longest, length);
  }
  return longest;
}

TEST(CpuJitHuge, GivesTheInterpretersBits) {
  const Tensor a = Tensor::zeros(DType::f32, {9});
  const Tensor b = Tensor::zeros(DType::f32, {9});
  for (int i = 0; i < 9; ++i) {
    a.data<float>()[i] = 0.1F * static_cast<float>(i - 4);
    b.data<float>()[i] = 0.7F / static_cast<float>(i + 1);
  }
  expect_agreement(program_of(huge), {a, b});
}

TEST(CpuJitHuge, IsCutIntoShortBlocks) {
  EXPECT_LE(longest_block(code_of(program_of(huge), CpuText::llvm)), 300U);
  EXPECT_GT(longest_block(code_of(program_of(1'000), CpuText::llvm)), 500U) << "not huge, whole";
}

TEST(CpuJitHuge, ReadsLiteralsFromTables) {
  const std::string text = code_of(program_of(huge), CpuText::assembly);
  EXPECT_EQ(text.find(".LCPI"), std::string::npos) << "in a list that LLVM searches at each use";
}

TEST(CpuJitHuge, LeavesTheOtherKernelsOptimized) {
  const std::string text = code_of(program_of(huge), CpuText::llvm);
  const std::size_t small = text.find("@kernel_1(");
  const std::size_t large = text.find("@kernel_0(");
  ASSERT_NE(small, std::string::npos);
  ASSERT_NE(large, std::string::npos);
  EXPECT_LT(small, large) << "in a module of its own";
  EXPECT_NE(text.find("<8 x float>", small), std::string::npos) << "vectorized by LLVM";
}

TEST(CpuJitHuge, CodeGrowsAsTheKernel) {
  const std::size_t once = code_of(program_of(huge), CpuText::assembly).size();
  const std::size_t twice = code_of(program_of(2 * huge), CpuText::assembly).size();
  EXPECT_LT(static_cast<double>(twice), 2.2 * static_cast<double>(once));
}

/// A sum of as many tensors.
std::string sum_of_tensors(int count) {
  std::string declarations, sum = "T0[i]";
  for (int t = 0; t < count; ++t)
    declarations += fmt::format("input T{}: f32[9]\n", t);
  for (int t = 1; t < count; ++t)
    sum += fmt::format(" + T{}[i]", t);
  return fmt::format("{}output O: f32[9]\nkernel O {{\n  for i in 0:9 {{ O[i] = {} }}\n}}\n",
                     declarations, sum);
}

TEST(CpuJitHuge, CodeGrowsAsTheNumberOfTensors) {
  const std::size_t once = code_of(sum_of_tensors(600), CpuText::llvm).size();
  const std::size_t twice = code_of(sum_of_tensors(1'200), CpuText::llvm).size();
  EXPECT_LT(static_cast<double>(twice), 2.2 * static_cast<double>(once));
}

}  // namespace
}  // namespace tcc

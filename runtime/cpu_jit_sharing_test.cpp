// Buffers that lie in one memory: machine code against the interpreter, which shares it as well.
#include <gtest/gtest.h>

#include "tests/support/run_loop_ir.h"

namespace tcc {
namespace {

class CpuJitSharing : public testing::Test {
 protected:
  void SetUp() override {
    if (!TCC_HAS_LLVM) GTEST_SKIP() << "built without LLVM";
  }
};

Tensor numbers(std::vector<std::int64_t> shape) {
  const Tensor tensor = Tensor::empty(DType::f32, std::move(shape));
  for (std::int64_t i = 0; i < tensor.element_count(); ++i)
    tensor.data<float>()[i] = static_cast<float>((i * 37 + 11) % 101) / 16;
  return tensor;
}

/// Rows of a: their sums, then each element over its sum, an element or a vector at a time.
std::string rows(std::string_view in_place) {
  return fmt::format(R"(size N, M
input x: f32[N, M]
temporary a: f32[N, M]
temporary b: f32[N, M]{0}
output y: i32[N, M]{1}
kernel a {{
  for i in 0:N {{
    for j in 0:M {{
      a[i, j] = x[i, j] + 1.0
    }}
  }}
}}
kernel b {{
  for i in 0:N {{
    allocate s: f32[1] in stack
    s[0] = 0.0
    for j in 0:M {{
      s[0] = s[0] + a[i, j]
    }}
    for j in 0:M {{
      b[i, j] = a[i, j] * a[i, j] - s[0]
    }}
  }}
}}
kernel y {{
  for i in 0:N {{
    for j in 0:M // 8 {{
      y[i, ramp(8*j, 1, 8)] = i32(b[i, ramp(8*j, 1, 8)] * broadcast(4.0, 8))
    }}
    for j in M // 8 * 8:M {{
      y[i, j] = i32(b[i, j] * 4.0)
    }}
  }}
}}
)",
                     in_place.empty() ? "" : " in place of a", in_place);
}

TEST_F(CpuJitSharing, TheSameBitsInOneMemory) {
  for (const std::int64_t columns : {0, 1, 7, 8, 19}) {
    for (const char* in_place : {"", " in place of b"}) {
      expect_agreement(rows(in_place), {numbers({5, columns})}, {5, columns});
    }
  }
}

/// How many memories the code says there are, by the scopes of its accesses.
std::size_t scopes_in(const std::string& text) {
  const ir::LoopProgram program = ir::parsed_valid(text);
  const auto code = cpu_code_text(program, {*ir::find_target("cpu:x86-64"), 0}, CpuText::llvm);
  EXPECT_TRUE(code.has_value());
  std::size_t count = 0;
  for (const std::string name : {"\"x\"", "\"a\"", "\"b\"", "\"y\""}) {
    for (std::size_t at = code->find(name); at != std::string::npos; at = code->find(name, at + 1))
      ++count;
  }
  return count;
}

// x and a; a, b; b, y: of two that share memory the code must not say that they do not.
TEST_F(CpuJitSharing, TheCodeDoesNotSayThatTheyAreApart) {
  EXPECT_EQ(scopes_in(rows("")), 6U);
  EXPECT_EQ(scopes_in(rows(" in place of b")), 4U);
}

}  // namespace
}  // namespace tcc

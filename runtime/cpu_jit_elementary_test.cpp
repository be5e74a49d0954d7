// Elementary functions in machine code: masked lanes, rare branches beside each other, no calls.
// That each agrees with the interpreter is tested with all operators (cpu_jit_test.cpp), how right
// they are in tests/math.
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/math/elementary.h"
#include "tests/support/run_loop_ir.h"

namespace tcc {
namespace {

/// Lanes with ordinary arguments beside those that take the rare branch, and what is no number.
Tensor mixed_arguments(DType dtype, std::int64_t count) {
  const double values[] = {0.5, 1e30, -3, 1e6, 2e9, INFINITY, -0.0, 1e-40, NAN, -7e22, 100, 3.4e38};
  const Tensor tensor = Tensor::empty(dtype, {count});
  for (std::int64_t i = 0; i < count; ++i) {
    const double value = values[static_cast<std::size_t>(i * i + i / 7) % std::size(values)];
    if (dtype == DType::f64) {
      tensor.data<double>()[i] = value;
    } else {
      tensor.data<float>()[i] = static_cast<float>(value);
    }
  }
  return tensor;
}

class ElementaryCode : public testing::TestWithParam<DType> {};

/// The rare parts are emitted in blocks of their own: what they compute is not there afterwards,
/// what was there before is.
TEST_P(ElementaryCode, OfMaskedLanesAgreesWithInterpreter) {
  if (!TCC_HAS_LLVM) GTEST_SKIP() << "built without LLVM";
  const std::string type(name_of(GetParam()));
  const char* const bodies[] = {
      "sin(X) + cos(X)",
      "tan(X) * exp(U) + sin(U)",
      "X % U + sin(X % U)",
      "select(X < U, sin(X), cos(U))",
      "X // U",
      "pow(abs(X), tanh(U))",
      "sin(sin(X) * U)",
  };
  std::string kernels;
  int number = 0;
  for (std::string body : bodies) {
    for (const auto& [name, read] :
         {std::pair{"X", "(A[ramp(i * 8, 1, 8)] if ramp(i * 8, 1, 8) < broadcast(N, 8))"},
          {"U", "broadcast(A[i], 8)"}}) {
      for (std::size_t at = 0; (at = body.find(name, at)) != std::string::npos;) {
        body.replace(at, 1, read);
        at += std::string_view(read).size();
      }
    }
    kernels += fmt::format(
        "output R{0}: {1}[N]\nkernel R{0} {{\n  for i in 0:(N + 7) // 8 {{\n"
        "    (R{0}[ramp(i * 8, 1, 8)] = {2} if ramp(i * 8, 1, 8) < broadcast(N, 8))\n  }}\n}}\n",
        number++, type, body);
  }
  for (const std::int64_t count : {1, 8, 61}) {
    expect_agreement(fmt::format("size N\ninput A: {}[N]\n{}", type, kernels),
                     {mixed_arguments(GetParam(), count)}, {count});
  }
}

TEST_P(ElementaryCode, CallsNothing) {
  if (!TCC_HAS_LLVM) GTEST_SKIP() << "built without LLVM";
  const std::string type(name_of(GetParam()));
  for (const OpInfo& op : all_operators()) {
    if (!ir::is_expanded(op.op, GetParam()) || op.op == Op::power) continue;
    const std::string at = "[ramp(i * 8, 1, 8)]";
    const std::string operation = op.arity == 1 ? fmt::format("{}(A{})", op.name, at)
                                  : op.notation == Notation::infix
                                      ? fmt::format("A{0} {1} B{0}", at, op.name)
                                      : fmt::format("{1}(A{0}, B{0})", at, op.name);
    const bool gives_bool = op.typing == OpTyping::classification;
    const ir::LoopProgram program = ir::parsed_valid(
        fmt::format("size N\ninput A: {0}[N]\ninput B: {0}[N]\noutput R: {1}[N]\nkernel R {{\n"
                    "  for i in 0:N // 8 {{\n    R{2} = {3}\n  }}\n}}\n",
                    type, gives_bool ? "bool" : type, at, operation));
    const auto text =
        cpu_code_text(program, {*ir::find_target("cpu:x86-64-v3"), 3}, CpuText::assembly);
    ASSERT_TRUE(text) << text.error();
    EXPECT_EQ(text->find("\tcall"), std::string::npos) << op.name << "\n" << *text;
  }
}

INSTANTIATE_TEST_SUITE_P(CpuJit, ElementaryCode, testing::Values(DType::f32, DType::f64),
                         [](const auto& test) { return std::string(name_of(test.param)); });

}  // namespace
}  // namespace tcc

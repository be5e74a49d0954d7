// Literals without digits: their text, and the way back.
#include "ir/printer.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/parsed_program.h"

namespace tcc::ir {
namespace {

struct Literal {
  double value;
  DType dtype;
  std::string_view text;
};

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

const Literal literals[] = {
    {infinity, DType::f32, "inf"},        {-infinity, DType::f32, "-inf"},
    {not_a_number, DType::f32, "nan"},    {infinity, DType::f64, "f64(inf)"},
    {-infinity, DType::f64, "f64(-inf)"}, {not_a_number, DType::f64, "f64(nan)"},
};

TEST(Printer, WritesInfinityAndNanAsTheyRead) {
  for (const Literal& literal : literals) {
    EXPECT_EQ(print(make_float(literal.value, literal.dtype, {})), literal.text);
  }
}

TEST(LoopParser, ReadsInfinityAndNanAsLiterals) {
  for (const Literal& literal : literals) {
    const std::string dtype(tcc::name_of(literal.dtype));
    const std::string text =
        "output y: " + dtype + "\n\nkernel y {\n  y[] = " + std::string(literal.text) + "\n}\n";
    const LoopProgram program = parsed_valid(text);
    const FloatImm* number = as<FloatImm>(as<Store>(program.kernels[0].body)->value);
    ASSERT_TRUE(number) << text;
    EXPECT_TRUE(number->value == literal.value ||
                (std::isnan(number->value) && std::isnan(literal.value)))
        << text;
    EXPECT_EQ(print(program), text);
  }
}

TEST(LoopParser, LeavesACastBetweenTypesACast) {
  const std::string text = "output y: f32\n\nkernel y {\n  y[] = f32(f64(-inf))\n}\n";
  EXPECT_EQ(print(parsed_valid(text)), text);
}

TEST(LoopParser, ReadsPrefetchesAndStoresPastTheCaches) {
  const std::string text = R"(size N
input A: f32[N]
output C: f32[N]

kernel C {
  for i in 0:N {
    prefetch A[i + 16] into L2
    nontemporal C[i] = A[i]
  }
}
)";
  const LoopProgram program = parsed_valid(text);
  EXPECT_EQ(program.buffers[1].stores, StoreHint::nontemporal);
  EXPECT_EQ(print(program), text);
}

}  // namespace
}  // namespace tcc::ir

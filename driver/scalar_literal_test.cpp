#include "driver/scalar_literal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "runtime/print_tensor.h"

namespace tcc::driver {
namespace {

struct Case {
  const char* text;
  std::optional<DType> declared;
  DType dtype;
  const char* printed;
};

TEST(ScalarLiteral, TakesTheDeclaredType) {
  const Case cases[] = {
      {"3", {}, DType::i64, "3"},
      {"-3", {}, DType::i64, "-3"},
      {"1.5", {}, DType::f32, "1.5"},
      {"true", {}, DType::boolean, "True"},
      {"3", DType::f64, DType::f64, "3.0"},
      {"-3", DType::f32, DType::f32, "-3.0"},
      {"0.1", DType::f16, DType::f16, "0.1"},
      {"0.1", DType::bf16, DType::bf16, "0.1"},
      {"255", DType::u8, DType::u8, "255"},
      {"-128", DType::i8, DType::i8, "-128"},
      {"0xff", DType::i16, DType::i16, "255"},
      {"1_000", DType::u32, DType::u32, "1000"},
      {"18446744073709551615", DType::u64, DType::u64, "18446744073709551615"},
      {"-9223372036854775808", DType::i64, DType::i64, "-9223372036854775808"},
      {"inf", DType::f32, DType::f32, "inf"},
      {"-inf", DType::f64, DType::f64, "-inf"},
      {"nan", {}, DType::f32, "nan"},
      {"pi", DType::f64, DType::f64, "3.141592653589793"},
      {"1e-5", {}, DType::f32, "1e-05"},
      {".5", {}, DType::f32, "0.5"},
      {"+2.5", {}, DType::f32, "2.5"},
      {"1.5", DType::i32, DType::f32, "1.5"},  // refused as a mismatch where it is bound
  };
  for (const Case& each : cases) {
    const auto literal = parse_scalar(each.text);
    ASSERT_TRUE(literal) << each.text;
    const Tensor tensor = scalar_tensor(*literal, each.declared, "x");
    EXPECT_EQ(tensor.dtype(), each.dtype) << each.text;
    EXPECT_EQ(print_tensor(tensor), each.printed) << each.text;
  }
}

TEST(ScalarLiteral, OtherTextsAreNone) {
  for (const char* text : {"", "-", "a.npy", "x", "1 2", "--1", "-true", "\"a\"", "1..2", "0x",
                           "99999999999999999999999", "1;", "#"}) {
    EXPECT_FALSE(parse_scalar(text)) << text;
  }
}

TEST(ScalarLiteral, WhatDoesNotFitIsRefused) {
  const struct {
    const char* text;
    DType dtype;
  } cases[] = {{"256", DType::u8},    {"-1", DType::u8},
               {"128", DType::i8},    {"-129", DType::i8},
               {"70000", DType::f16}, {"1e39", DType::f32},
               {"1e39", DType::bf16}, {"18446744073709551615", DType::i64}};
  for (const auto& each : cases) {
    EXPECT_THROW(scalar_tensor(*parse_scalar(each.text), each.dtype, "x"), Error) << each.text;
  }
}

}  // namespace
}  // namespace tcc::driver

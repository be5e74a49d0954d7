// f16 and bf16 on the host.
#include "dsl/narrow_float.h"

#include <cmath>

#include <gtest/gtest.h>

namespace tcc {
namespace {

TEST(NarrowFloat, EveryNumberKeepsItsBits) {
  for (const DType dtype : {DType::f16, DType::bf16}) {
    for (int bits = 0; bits < 0x10000; ++bits) {
      const double number = number_of(static_cast<std::uint16_t>(bits), dtype);
      const std::uint16_t back = narrow_bits(number, dtype);
      if (std::isnan(number)) {
        EXPECT_TRUE(std::isnan(number_of(back, dtype)));
      } else {
        ASSERT_EQ(back, bits) << number;
      }
    }
  }
}

TEST(NarrowFloat, RoundsToNearestEven) {
  struct Row {
    DType dtype;
    double number;
    std::uint16_t bits;
  };
  const Row rows[] = {
      {DType::f16, 1.0, 0x3c00},          {DType::f16, 65504, 0x7bff},
      {DType::f16, 65519.99, 0x7bff},     {DType::f16, 65520, 0x7c00},
      {DType::f16, 1 + 0x1p-11, 0x3c00},  {DType::f16, 1 + 0x1.8p-10, 0x3c02},
      {DType::f16, 0x1p-24, 0x0001},      {DType::f16, 0x1p-25, 0x0000},
      {DType::f16, -0x1.8p-24, 0x8002},   {DType::f16, 0x1.ff8p-15, 0x03ff},
      {DType::f16, 0x1.ffffp-15, 0x0400}, {DType::bf16, 1.0, 0x3f80},
      {DType::bf16, 1 + 0x1p-8, 0x3f80},  {DType::bf16, 1 + 0x1.8p-7, 0x3f82},
      {DType::bf16, 3.4e38, 0x7f80},      {DType::bf16, -INFINITY, 0xff80},
      {DType::bf16, 0x1p-133, 0x0001},    {DType::bf16, 1 + 0x1.00001p-8, 0x3f81},
  };
  for (const Row& row : rows)
    EXPECT_EQ(narrow_bits(row.number, row.dtype), row.bits) << row.number;
  EXPECT_EQ(nearest_in(0x1.fffffefp127, DType::f32), 0x1.fffffep127);
  EXPECT_EQ(nearest_in(0x1.ffffffp127, DType::f32), INFINITY);
}

/// 2^60 + 2^52 is a tie of bf16's 8 bits, which the lowest bit of all decides.
TEST(NarrowFloat, IntegersRoundOnce) {
  const std::int64_t tie = (std::int64_t{1} << 60) + (std::int64_t{1} << 52);
  EXPECT_EQ(narrow_bits(jammed(tie - 1), DType::bf16), narrow_bits(0x1p60, DType::bf16));
  EXPECT_EQ(narrow_bits(jammed(tie), DType::bf16), narrow_bits(0x1p60, DType::bf16));
  EXPECT_EQ(narrow_bits(jammed(tie + 1), DType::bf16), narrow_bits(0x1.02p60, DType::bf16));
  EXPECT_EQ(jammed(-tie - 1), -jammed(tie + 1));
  EXPECT_EQ(jammed_fma(1, 1, 0x1p-60), 1 + 0x1p-52) << "odd, and on the right side";
  EXPECT_EQ(jammed_fma(1, 1, -0x1p-60), 1 - 0x1p-53);
}

}  // namespace
}  // namespace tcc

#include "runtime/random_fill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "dsl/narrow_float.h"

namespace tcc {
namespace {

// The known answers that come with the paper's own implementation.
TEST(Philox, KnownAnswers) {
  using Block = std::array<std::uint32_t, 4>;
  constexpr std::uint32_t all = 0xffffffff;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({all, all, all, all}, {all, all}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

Tensor filled(DType dtype, std::int64_t count, std::uint64_t seed, std::string_view name) {
  const Tensor tensor = Tensor::empty(dtype, {count});
  random_fill(tensor, seed, name);
  return tensor;
}

TEST(RandomFill, FollowsTheRule) {
  // FNV-1a of "A" is 0xaf63fc4c860222ec.
  const auto block = philox({1, 0, 0x860222ec, 0xaf63fc4c}, {7, 1});
  const Tensor floats = filled(DType::f32, 8, (std::uint64_t{1} << 32) + 7, "A");
  EXPECT_EQ(floats.values<float>()[6], 2 * (static_cast<float>(block[2] >> 8) * 0x1p-24f) - 1);
  const Tensor doubles = filled(DType::f64, 4, (std::uint64_t{1} << 32) + 7, "A");
  const std::uint64_t pair = std::uint64_t{block[3]} << 32 | block[2];
  EXPECT_EQ(doubles.values<double>()[3], 2 * (static_cast<double>(pair >> 11) * 0x1p-53) - 1);
}

/// Exact in their own type, and never 1.
TEST(RandomFill, NarrowFloats) {
  for (const DType dtype : {DType::f16, DType::bf16}) {
    const Tensor tensor = filled(dtype, 10000, 7, "A");
    const auto block = philox({0, 0, 0x860222ec, 0xaf63fc4c}, {7, 0});
    const auto* bits = static_cast<const std::uint16_t*>(tensor.raw_data());
    const double scale = dtype == DType::f16 ? 0x1p-11 : 0x1p-8;
    const int shift = dtype == DType::f16 ? 20 : 23;
    EXPECT_EQ(number_of(bits[2], dtype), scale * (block[2] >> shift) - 1);
    double sum = 0;
    for (int i = 0; i < 10000; ++i) {
      const double value = number_of(bits[i], dtype);
      ASSERT_GE(value, -1);
      ASSERT_LT(value, 1);
      sum += value;
    }
    EXPECT_NEAR(sum / 10000, 0, 0.02);
  }
}

TEST(RandomFill, RangesAndMeans) {
  double sum = 0;
  const Tensor floats = filled(DType::f32, 10000, 1, "x");
  for (const float value : floats.values<float>()) {
    ASSERT_GE(value, -1.0f);
    ASSERT_LT(value, 1.0f);
    sum += value;
  }
  EXPECT_NEAR(sum / 10000, 0, 0.02);
  const Tensor integers = filled(DType::i64, 1000, 1, "x");
  const auto values = integers.values<std::int64_t>();
  const std::set<std::int64_t> digits(values.begin(), values.end());
  EXPECT_EQ(digits, (std::set<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  const Tensor bools = filled(DType::boolean, 1000, 1, "x");
  for (const bool value : bools.values<bool>())
    ASSERT_TRUE(value == 0 || value == 1);
}

TEST(RandomFill, SeedNameAndPlaceDecide) {
  const auto first = [](std::uint64_t seed, const char* name) {
    return filled(DType::f32, 4, seed, name).values<float>()[0];
  };
  EXPECT_EQ(first(1, "A"), first(1, "A"));
  EXPECT_NE(first(1, "A"), first(2, "A"));
  EXPECT_NE(first(1, "A"), first(1, "B"));
  EXPECT_NE(first(1, "A"), first(1 + (std::uint64_t{1} << 32), "A"));
  // A longer tensor begins with the numbers of a shorter one.
  const Tensor shorter = filled(DType::f32, 5, 3, "A");
  const Tensor longer = filled(DType::f32, 50, 3, "A");
  EXPECT_EQ(std::memcmp(shorter.raw_data(), longer.raw_data(), 5 * sizeof(float)), 0);
}

}  // namespace
}  // namespace tcc

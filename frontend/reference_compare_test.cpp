// What compare() calls right, and which element it shows.
#include <cmath>

#include <gtest/gtest.h>

#include "frontend/reference.h"

namespace tcc {
namespace {

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

ReferenceTensor expecting(std::vector<double> value, std::vector<double> bound) {
  ReferenceTensor tensor;
  tensor.shape = {static_cast<std::int64_t>(value.size())};
  tensor.dtype = DType::f32;
  tensor.value = std::move(value);
  tensor.bound = std::move(bound);
  return tensor;
}

Comparison compare_one(float got, double expected, double bound) {
  std::vector<float> values = {got};
  return compare(Tensor::view(values, {1}), expecting({expected}, {bound}));
}

struct Case {
  float got;
  double expected, bound;
  bool right;
};

TEST(ReferenceCompare, OneElement) {
  const Case cases[] = {
      {1, 1, 0, true},          {1, 1.5, 0.5, true},      {1, 1.5, 0.4, false},
      {1, 1 + 1e-12, 0, false}, {nan, nan, 0, true},      {1, nan, 0, false},
      {nan, 1, 100, false},     {nan, 1, INFINITY, true}, {inf, inf, 0, true},
      {-inf, inf, 0, false},    {inf, 1e30, 1, false},    {inf, 1e39, INFINITY, true},
      {1e30F, inf, 0, false},   {-0.0F, 0, 0, true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(compare_one(c.got, c.expected, c.bound).within_bounds, c.right)
        << c.got << ", expected " << c.expected << " +- " << c.bound;
  }
}

TEST(ReferenceCompare, ShowsTheLargestErrorWithItsBound) {
  std::vector<float> values = {1, 2, 3, 100};
  const auto expected = expecting({1.5, 2.25, 3, 0}, {2, 0.5, 0, INFINITY});
  const Comparison comparison = compare(Tensor::view(values, {4}), expected);
  EXPECT_TRUE(comparison.within_bounds);
  EXPECT_EQ(comparison.worst, std::vector<std::int64_t>{0});
  EXPECT_EQ(comparison.allowed, 2);
  EXPECT_EQ(comparison.max_error, 0.5);
}

TEST(ReferenceCompare, ShowsTheFirstWrongElement) {
  std::vector<float> values = {1, 2, 3, 9};
  auto expected = expecting({1, 2.5, 4, 4}, {0, 1, 0.25, 0.25});
  expected.shape = {2, 2};
  const Comparison comparison = compare(Tensor::view(values, {2, 2}), expected);
  EXPECT_FALSE(comparison.within_bounds);
  EXPECT_EQ(comparison.worst, (std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(comparison.got, 3);
  EXPECT_EQ(comparison.expected, 4);
  EXPECT_EQ(comparison.max_error, 1);
  EXPECT_EQ(comparison.allowed, 0.25);
}

TEST(ReferenceCompare, NothingToCompareIsRight) {
  std::vector<float> none;
  const Comparison comparison = compare(Tensor::view(none, {0}), expecting({}, {}));
  EXPECT_TRUE(comparison.within_bounds);
  EXPECT_EQ(comparison.allowed, 0);
}

TEST(ReferenceCompare, IntegersOfSixtyFourBitsAreExact) {
  std::vector<std::int64_t> values = {(std::int64_t{1} << 60) + 1};
  ReferenceTensor expected = expecting({0x1p60}, {0});
  expected.dtype = DType::i64;
  expected.value_low = {1};
  EXPECT_TRUE(compare(Tensor::view(values, {1}), expected).within_bounds);
  expected.value_low = {0};
  EXPECT_FALSE(compare(Tensor::view(values, {1}), expected).within_bounds);
}

TEST(ReferenceCompare, OtherTypesAreABug) {
  std::vector<float> values = {1};
  EXPECT_ANY_THROW(compare(Tensor::view(values, {}), expecting({1}, {0})));
  std::vector<double> doubles = {1};
  EXPECT_ANY_THROW(compare(Tensor::view(doubles, {1}), expecting({1}, {0})));
}

}  // namespace
}  // namespace tcc

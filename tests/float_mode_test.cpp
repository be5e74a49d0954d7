// Programs compile to the same code and give the same bits whatever mode the caller computes in.
#include <cstring>

#include <gtest/gtest.h>
#include <tcc/tcc.h>

#include "tests/support/caller_float_mode.h"

namespace tcc {
namespace {

const char* const text = R"(
const h = 0.1
input x: f32[N]
input ids: i64[N]
y = x * (h * 3.0) / 7.0 + exp(-x) * 0.3
z[i] = x[ids[i]] * 1e-38 * h
s = sum(x) / 3.0
)";

Tensor numbers(std::int64_t count) {
  Tensor tensor = Tensor::empty(DType::f32, {count});
  for (std::int64_t i = 0; i < count; ++i)
    tensor.data<float>()[i] = static_cast<float>(i % 97) / 64.0F - 0.5F;
  return tensor;
}

/// Every index of `count`; the last is `last`.
Tensor places(std::int64_t count, std::int64_t last) {
  Tensor tensor = Tensor::empty(DType::i64, {count});
  for (std::int64_t i = 0; i < count; ++i)
    tensor.data<std::int64_t>()[i] = i + 1 < count ? count - 1 - i : last;
  return tensor;
}

class CallersFloatMode : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!TCC_HAS_LLVM) GTEST_SKIP() << "built without LLVM";
    options.threads = GetParam();
  }
  CompileOptions options;
  const Tensor x = numbers(count);
  static constexpr std::int64_t count = 100'003;
};

TEST_P(CallersFloatMode, ChangesNoBit) {
  const Tensor inputs[] = {x, places(count, 0)};
  const std::vector<Tensor> wanted = compile(text, options).run(inputs);
  ASSERT_EQ(wanted.size(), 3U);
  EXPECT_NE(wanted[1].data<float>()[1], 0.0F) << "subnormal";
  const CallerFloatMode odd;
  const std::vector<Tensor> got = compile(text, options).run(inputs);
  EXPECT_TRUE(odd.is_in_force());
  for (std::size_t o = 0; o < wanted.size(); ++o) {
    const auto bytes = static_cast<std::size_t>(wanted[o].element_count()) * sizeof(float);
    EXPECT_EQ(std::memcmp(got[o].raw_data(), wanted[o].raw_data(), bytes), 0) << "output " << o;
  }
}

TEST_P(CallersFloatMode, IsThereAfterAnError) {
  const Tensor inputs[] = {x, places(count, count)};
  const CallerFloatMode odd;
  const Program program = compile(text, options);
  EXPECT_THROW((void)program.run(inputs), Error);
  EXPECT_TRUE(odd.is_in_force());
  EXPECT_THROW((void)compile("y = (", options), Error);
  EXPECT_TRUE(odd.is_in_force());
}

INSTANTIATE_TEST_SUITE_P(Threads, CallersFloatMode, testing::Values(1, 3));

}  // namespace
}  // namespace tcc

#include "runtime/files/ppm.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "tests/support/run_tcc.h"

namespace tcc {
namespace {

TEST(Ppm, PixelsInRows) {
  const tests::TemporaryFolder folder;
  const Tensor tensor = Tensor::empty(DType::u8, {2, 1, 3});
  std::memcpy(tensor.raw_data(), "abcdef", 6);
  ASSERT_TRUE(write_ppm(folder / "a.ppm", tensor));
  std::ifstream file(folder / "a.ppm", std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "P6\n1 2\n255\nabcdef");
}

TEST(Ppm, StridedOnesAreCopied) {
  const tests::TemporaryFolder folder;
  std::string values = "abcdef";
  const Tensor tensor = Tensor::strided(DType::u8, values.data(), {1, 2, 3}, {0, 1, 2});
  ASSERT_TRUE(write_ppm(folder / "a.ppm", tensor));
  std::ifstream file(folder / "a.ppm", std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "P6\n2 1\n255\nacebdf");
}

TEST(Ppm, OtherTensorsAreRefused) {
  const struct {
    DType dtype;
    std::vector<std::int64_t> shape;
    const char* reason;
  } cases[] = {
      {DType::f32, {2, 2, 3}, "u8(255.0 * x)"}, {DType::u8, {2, 2}, "for shades of grey"},
      {DType::u8, {2, 2, 4}, "u8[H, W, 3]"},    {DType::u8, {3}, "u8[H, W, 3]"},
      {DType::u8, {0, 2, 3}, "one pixel"},
  };
  for (const auto& each : cases) {
    const auto written = write_ppm("/dev/null", Tensor::zeros(each.dtype, each.shape));
    ASSERT_FALSE(written);
    EXPECT_NE(std::string(written.error().what()).find(each.reason), std::string::npos)
        << written.error().what();
  }
}

}  // namespace
}  // namespace tcc

// How numbers read.
#include "driver/quantities.h"

#include <gtest/gtest.h>

namespace tcc::driver {
namespace {

TEST(Quantities, Durations) {
  const std::pair<double, const char*> rows[] = {
      {0, "0 ns"},           {1e-10, "0.10 ns"},   {1.234e-9, "1.23 ns"},
      {41.26e-6, "41.3 us"}, {812.4e-9, "812 ns"}, {9.996e-3, "10.0 ms"},
      {0.9996, "1.00 s"},    {0.9994, "999 ms"},   {12345.0, "12345 s"},
  };
  for (const auto& [seconds, text] : rows)
    EXPECT_EQ(duration_text(seconds), text);
}

TEST(Quantities, Amounts) {
  EXPECT_EQ(amount_text(0), "0");
  EXPECT_EQ(amount_text(7), "7");
  EXPECT_EQ(amount_text(999), "999");
  EXPECT_EQ(amount_text(2147483648.0), "2.15 G");
  EXPECT_EQ(bytes_text(64), "64 B");
  EXPECT_EQ(bytes_text(12.6e6), "12.6 MB");
  EXPECT_EQ(bytes_text(5e18), "5000 PB");
  EXPECT_EQ(percent_text(0.9812), "98.1 %");
}

TEST(Quantities, Columns) {
  EXPECT_EQ(aligned({{"name", "x", "y"}, {"a", "10", ""}, {"longer"}}),
            "name     x  y\na       10\nlonger\n");
}

}  // namespace
}  // namespace tcc::driver

// The text of a launch report where it is long: bounded, and readable at 100 columns.
#include "driver/launch_text.h"

#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tcc::driver {
namespace {

/// A chain: temporary t lives from kernel t to kernel t + 1.
LaunchReport chain(std::uint32_t kernels, const std::string& stem) {
  LaunchReport report;
  for (std::uint32_t k = 0; k < kernels; ++k) {
    LaunchKernel kernel;
    kernel.name = fmt::format("{}{}", stem, k);
    kernel.parallel.push_back({"i0.o", {128, "128"}});
    kernel.scratch.number = 1 << 20;
    kernel.scratch_per_thread.number = 1 << 30;
    report.kernels.push_back(kernel);
  }
  for (std::uint32_t t = 0; t + 1 < kernels; ++t) {
    LaunchTemporary temporary;
    temporary.name = fmt::format("{}{}", stem, t);
    temporary.first = t;
    temporary.last = t + 1;
    if (t % 3 == 0) temporary.in_place_of = stem;
    if (t % 5 == 0) temporary.output = stem;
    temporary.bytes.number = 1000 + t;
    temporary.offset = t;
    report.temporaries.push_back(temporary);
  }
  report.peak = 1000;
  report.lower_bound = 990;
  for (Amount* amount :
       {&report.without_sharing, &report.inputs, &report.params, &report.outputs}) {
    amount->expression = fmt::format("{} * M", fmt::join(std::vector<int>(40, 7), " * "));
  }
  return report;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

TEST(LaunchText, StaysWithinItsColumnsAndLines) {
  for (const std::uint32_t kernels : {1U, 2U, 41U, 42U, 1000U, 10'000U}) {
    for (const char* stem : {"h", "layer.attention.softmax.exponentials."}) {
      const auto lines = lines_of(launch_text(chain(kernels, stem)));
      EXPECT_LE(lines.size(), 120U);
      for (const std::string& line : lines) {
        EXPECT_LE(line.size(), 100U) << line;
        EXPECT_FALSE(line.ends_with(' ')) << line;
      }
    }
  }
}

TEST(LaunchText, ShowsTheLargestOfMany) {
  const std::string text = launch_text(chain(10'000, "h"));
  EXPECT_NE(text.find("and 9952 more\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  h9998 "), std::string::npos);
  EXPECT_EQ(text.find("  h9900 "), std::string::npos);
  EXPECT_NE(text.find("and 9951 more, none larger\n  (a column is 244 kernels)\n"),
            std::string::npos);
}

TEST(LaunchText, MarksTheKernelsBetweenFirstAndLast) {
  LaunchReport report = chain(10, "h");
  report.temporaries.resize(1);
  LaunchTemporary& temporary = report.temporaries.front();
  temporary = {};
  temporary.name = "t";
  temporary.first = 3;
  temporary.last = 7;
  temporary.bytes.number = 64;
  temporary.offset = 128;
  const std::string text = launch_text(report);
  EXPECT_NE(text.find("temporaries      offset     bytes  0   4   8\n"
                      "  t           128 bytes  64 bytes     #####\n"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace tcc::driver

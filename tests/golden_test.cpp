// Every file below tests/golden and tests/errors as a test, and tests of what runs them.
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/golden_runner.h"

namespace tcc::tests {
namespace {

const bool registered = [] {
  register_golden_tests("Golden", "tests/golden");
  register_golden_tests("Errors", "tests/errors");
  return true;
}();

TEST(GoldenRunner, FindsTheFiles) {
  EXPECT_TRUE(registered);
  EXPECT_GE(golden_files("tests/golden").size(), 8u);
  EXPECT_GE(golden_files("tests/errors").size(), 16u);
}

TEST(GoldenRunner, DifferenceNamesLines) {
  EXPECT_EQ(line_difference("a\nb\nc\n", "a\nx\nc\n"), "  a\n- b\n+ x\n  c\n");
  EXPECT_EQ(line_difference("", "a\n"), "+ a\n");
  EXPECT_EQ(line_difference("a\n", ""), "- a\n");
}

TEST(GoldenRunner, ReadsAndRewrites) {
  const auto path =
      std::filesystem::temp_directory_path() / ("tcc-golden-" + std::to_string(::getpid()) + ".tc");
  std::ofstream(path) << "# stage: check\n# why: to see\n# args: --set M=2 {source}\n"
                         "y = q +\n# ---- expect\n# wrong\n";
  const GoldenFile golden = read_golden(path);
  EXPECT_EQ(golden.stage, "check");
  EXPECT_EQ(golden.why, "to see");
  EXPECT_EQ(golden.arguments, (std::vector<std::string>{"--set", "M=2", TCC_SOURCE_DIR}));
  EXPECT_EQ(golden.expected, "wrong\n");
  update_golden(golden, "one\n\ntwo\n");
  const GoldenFile updated = read_golden(path);
  EXPECT_EQ(updated.head, golden.head);
  EXPECT_EQ(updated.expected, "one\n\ntwo\n");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace tcc::tests

// No kind of diagnostic without a program that shows it: tests/errors/RULE-KIND.tc.
#include <set>

#include <gtest/gtest.h>

#include "dsl/diagnostic.h"
#include "tests/golden_runner.h"

namespace tcc::tests {
namespace {

/// "3.2-size-mismatch.tc", or "3.2-size-mismatch-of-vectors.tc" for one more.
struct ErrorFileName {
  std::string rule;
  std::string rest;
};

ErrorFileName split_name(const std::filesystem::path& path) {
  const std::string stem = path.stem().string();
  const std::size_t dash = std::min(stem.find('-'), stem.size());
  return {stem.substr(0, dash), stem.substr(std::min(dash + 1, stem.size()))};
}

TEST(ErrorRegistry, EveryKindHasAProgram) {
  std::set<std::string_view> shown;
  for (const auto& path : golden_files("tests/errors")) {
    const ErrorFileName name = split_name(path);
    const std::string expected = read_golden(path).expected;
    for (const DiagnosticKindInfo& info : all_diagnostic_kinds()) {
      const bool named =
          name.rest == info.name || name.rest.starts_with(std::string(info.name) + "-");
      const std::string mark = "[" + std::string(info.name) + "]";
      if (named && expected.find(mark) != std::string::npos) shown.insert(info.name);
    }
  }
  for (const DiagnosticKindInfo& info : all_diagnostic_kinds()) {
    EXPECT_TRUE(shown.count(info.name)) << "no file in tests/errors shows '" << info.name << "'";
  }
}

TEST(ErrorRegistry, EveryFileIsNamedForRuleAndKind) {
  for (const auto& path : golden_files("tests/errors")) {
    const ErrorFileName name = split_name(path);
    EXPECT_EQ(name.rule.find_first_not_of("0123456789."), std::string::npos) << path;
    bool known = false;
    for (const DiagnosticKindInfo& info : all_diagnostic_kinds()) {
      known = known || name.rest.starts_with(info.name);
    }
    EXPECT_TRUE(known) << path << " is named for no kind";
  }
}

}  // namespace
}  // namespace tcc::tests

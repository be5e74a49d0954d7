// Programs that come from the cache, through the command line: what they compute does not depend on
// what lies there.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/environment.h"
#include "tests/support/run_tcc.h"
#include "tests/support/sanitized.h"

namespace tcc::tests {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

const Arguments run = {
    "run", "-e", "input x: f32[M]; y = x * 2.0 + 1.0; s = sum(y)", "--set", "M=5", "--random", "1"};

Arguments with(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::vector<std::string> entries(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    if (file.path().extension() == ".entry") paths.push_back(file.path().string());
  }
  return paths;
}

/// Whether the stage that makes machine code took part, as --time-passes tells.
bool is_compiled(const ProcessResult& result) {
  EXPECT_NE(result.err.find(" ms  parse"), std::string::npos) << result.err;
  return result.err.find(" ms  code") != std::string::npos;
}

/// A folder for the cache of the processes that a test starts, and what the run prints without one.
class CommandLineCacheRun : public testing::Test {
 protected:
  CommandLineCacheRun()
      : at_(folder_ / "cache"),
        variable_("TCC_CACHE", at_),
        right_(run_tcc(with(run, {"--no-cache"}))) {
    EXPECT_EQ(right_.code, 0) << right_.err;
    EXPECT_FALSE(fs::exists(at_));
  }

  /// Whether it was compiled.
  bool expect_right(const Arguments& more = {}) const {
    const ProcessResult result = run_tcc(with(run, with({"--time-passes"}, more)));
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(result.out, right_.out);
    return is_compiled(result);
  }

  const TemporaryFolder folder_;
  const std::string at_;
  const ScopedVariable variable_;
  const ProcessResult right_;
};

TEST_F(CommandLineCacheRun, SecondProcessDoesNotCompile) {
  EXPECT_TRUE(expect_right());
  EXPECT_EQ(entries(at_).size(), 1U);
  EXPECT_FALSE(expect_right());
  EXPECT_TRUE(expect_right({"--no-cache"}));
  EXPECT_TRUE(expect_right({"--cache", folder_ / "other"}));
  EXPECT_FALSE(expect_right({"--cache", folder_ / "other"}));
  EXPECT_EQ(entries(at_).size(), 1U);
}

TEST_F(CommandLineCacheRun, EachProgramAndOptionHasItsOwn) {
  const Arguments variations[] = {
      {"run", "-e", "input x: f32[3]; y = x + 1.0", "--random", "1"},
      {"run", "-e", "input x: f64[3]; y = x + 1.0", "--random", "1"},
      {"run", "-e", "input x: f32[4]; y = x + 1.0", "--random", "1"},
      {"run", "-e", "input x: f32[4]; y = x + 2.0", "--random", "1"},
      {"run", "-e", "input x: f32[4]; y = x + 2.0", "--random", "1", "-O0"},
      {"run", "-e", "input x: f32[4]; y = x + 2.0", "--random", "1", "--strict"},
      {"run", "-e", "input x: f32[4]; y = x + 2.0", "--random", "1", "--no-schedule"},
      {"run", "-e", "input x: f32[4]; y = x + 2.0", "--random", "1", "--target", "cpu:x86-64"},
      {"run", "-e", "const c = 1.0; input x: f32[4]; y = x + c", "--random", "1"},
      {"run", "-e", "const c = 1.0; input x: f32[4]; y = x + c", "--random", "1", "--set", "c=2.0"},
  };
  std::size_t count = 0;
  for (const Arguments& arguments : variations) {
    const ProcessResult plain = run_tcc(with(arguments, {"--no-cache"}));
    EXPECT_EQ(plain.code, 0) << plain.err;
    EXPECT_EQ(run_tcc(arguments).out, plain.out);
    EXPECT_EQ(entries(at_).size(), ++count) << fmt::format("{}", fmt::join(arguments, " "));
    EXPECT_EQ(run_tcc(arguments).out, plain.out);
  }
  EXPECT_EQ(entries(at_).size(), count);
}

TEST_F(CommandLineCacheRun, DamagedEntriesAreReplaced) {
  expect_right();
  ASSERT_EQ(entries(at_).size(), 1U);
  const std::string path = entries(at_).front();
  const auto size = fs::file_size(path);
  for (const std::uintmax_t left : {std::uintmax_t{0}, std::uintmax_t{40}, size / 2, size - 1}) {
    fs::resize_file(path, left);
    EXPECT_TRUE(expect_right()) << left;
    EXPECT_FALSE(expect_right()) << left;
  }
  std::fstream(path) << "something else";
  EXPECT_TRUE(expect_right());
  EXPECT_FALSE(expect_right());
}

TEST_F(CommandLineCacheRun, AFolderThatOthersCanWriteIsNotUsed) {
  expect_right();
  ASSERT_EQ(::chmod(at_.c_str(), 0777), 0);
  const ProcessResult result = run_tcc(with(run, {"--time-passes"}));
  EXPECT_EQ(result.out, right_.out);
  EXPECT_TRUE(is_compiled(result));
  EXPECT_NE(result.err.find(fmt::format("cache: others can write '{}'", at_)), std::string::npos)
      << result.err;
}

TEST_F(CommandLineCacheRun, KilledWritersLeaveItRight) {
  if (is_sanitized) GTEST_SKIP() << "a sanitizer wants to be loaded before what slows writes";
  const char* kills = std::getenv("TCC_NIGHTLY") ? "200" : "10";
  const ProcessResult result =
      run_program(TCC_SOURCE_DIR "/scripts/kill_cache_writers.sh", {TCC_BINARY, kills});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  EXPECT_NE(result.out.find(fmt::format("{} kills, all later runs right", kills)),
            std::string::npos)
      << result.out;
}

}  // namespace
}  // namespace tcc::tests

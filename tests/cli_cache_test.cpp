// tcc cache, and what tcc doctor says of the cache.
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include "runtime/disk_cache.h"
#include "tests/support/child_process.h"
#include "tests/support/environment.h"
#include "tests/support/run_tcc.h"

namespace tcc::tests {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Each entry has two blocks of the disk.
void fill(const std::string& folder, int entries) {
  DiskCache cache(folder);
  for (int i = 0; i < entries; ++i)
    cache.store(fmt::format("key {}", i), std::string(5000, 'x'));
}

Json finding_of_doctor(const std::string& name) {
  const Json doctor = Json::parse(run_tcc({"doctor", "--json"}).out);
  for (const Json& finding : doctor["findings"]) {
    if (finding["name"] == name) return finding;
  }
  return {};
}

TEST(CommandLineCache, TellsWhereAndHowLarge) {
  const TemporaryFolder folder;
  const std::string at = folder / "cache";
  ProcessResult result = run_tcc({"cache", "--cache", at});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, fmt::format("folder   {} (not there yet)\nentries  0\n"
                                    "size     0 bytes of at most 1.0 GiB\n",
                                    at));
  EXPECT_FALSE(fs::exists(at));
  fill(at, 3);
  result = run_tcc({"cache", "--cache", at});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out,
            fmt::format("folder   {}\nentries  3\nsize     24.0 KiB of at most 1.0 GiB\n", at));
  const Json json = Json::parse(run_tcc({"cache", "--cache", at, "--json"}).out);
  EXPECT_EQ(json, Json({{"folder", at},
                        {"entries", 3},
                        {"bytes", 3 * 8192},
                        {"limit_bytes", std::uint64_t{1} << 30}}));
}

TEST(CommandLineCache, FollowsTheEnvironment) {
  const TemporaryFolder folder;
  const ScopedVariable tcc_cache("TCC_CACHE", folder / "cache");
  fill(folder / "cache", 1);
  fill(folder / "other", 2);
  EXPECT_EQ(Json::parse(run_tcc({"cache", "--json"}).out)["entries"], 1);
  EXPECT_EQ(Json::parse(run_tcc({"cache", "--json", "--cache", folder / "other"}).out)["entries"],
            2);
  const ScopedVariable none("TCC_CACHE", "");
  const ProcessResult result = run_tcc({"cache"});
  EXPECT_EQ(result.code, 3);
  EXPECT_NE(result.err.find("no place for a cache"), std::string::npos) << result.err;
}

TEST(CommandLineCache, Clears) {
  const TemporaryFolder folder;
  const std::string at = folder / "cache";
  EXPECT_EQ(run_tcc({"cache", "clear", "--cache", at}).out, "removed 0 entries, 0 bytes\n");
  fill(at, 3);
  std::ofstream(at + "/mine.txt") << "text";
  EXPECT_EQ(run_tcc({"cache", "clear", "--cache", at}).out, "removed 3 entries, 24.0 KiB\n");
  EXPECT_EQ(Json::parse(run_tcc({"cache", "--cache", at, "--json"}).out)["entries"], 0);
  EXPECT_TRUE(fs::exists(at + "/mine.txt"));
}

TEST(CommandLineCache, Prunes) {
  const TemporaryFolder folder;
  const std::string at = folder / "cache";
  fill(at, 5);
  const auto prune = [&](std::vector<std::string> size) {
    size.insert(size.begin(), {"cache", "prune", "--cache", at});
    return run_tcc(size).out;
  };
  EXPECT_EQ(prune({}), "removed 0 entries, 0 bytes\n");
  EXPECT_EQ(prune({"--size", "1G"}), "removed 0 entries, 0 bytes\n");
  EXPECT_EQ(prune({"--size", "32K"}), "removed 1 entry, 8.0 KiB\n");
  EXPECT_EQ(prune({"--bytes", "16384"}), "removed 2 entries, 16.0 KiB\n");
  EXPECT_EQ(Json::parse(prune({"--bytes", "0", "--json"})),
            Json({{"folder", at}, {"removed_entries", 2}, {"removed_bytes", 16384}}));
}

struct WrongLine {
  std::vector<std::string> arguments;
  const char* message;
};

TEST(CommandLineCache, WrongCommandLines) {
  const TemporaryFolder folder;
  const ScopedVariable tcc_cache("TCC_CACHE", folder / "cache");
  const WrongLine lines[] = {
      {{"cache", "spam"}, "ACTION"},
      {{"cache", "clear", "prune"}, "tcc cache --help"},
      {{"cache", "--size", "1M"}, "belong to prune"},
      {{"cache", "clear", "--bytes", "1"}, "belong to prune"},
      {{"cache", "prune", "--bytes", "1", "--size", "1M"}, "excludes"},
      {{"cache", "prune", "--size", "much"}, "--size"},
      {{"cache", "prune", "--bytes", "-1"}, "less than nothing"},
      {{"cache", "prune", "--size", "-1M"}, "less than nothing"},
      {{"cache", "--cache", ""}, "names no folder"},
      {{"run", "x.tc", "--cache", ""}, "names no folder"},
      {{"run", "x.tc", "--cache", "d", "--no-cache"}, "excludes"},
  };
  for (const WrongLine& line : lines) {
    const ProcessResult result = run_tcc(line.arguments);
    SCOPED_TRACE(fmt::format("{}", fmt::join(line.arguments, " ")));
    EXPECT_EQ(result.code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find(line.message), std::string::npos) << result.err;
  }
}

TEST(CommandLineCache, RefusesAFolderThatOthersCanWrite) {
  const TemporaryFolder folder;
  const std::string at = folder / "cache";
  const ScopedVariable tcc_cache("TCC_CACHE", at);
  fill(at, 3);
  EXPECT_EQ(finding_of_doctor("cache")["found"],
            fmt::format("{}, 3 entries, 24.0 KiB of at most 1.0 GiB", at));
  ASSERT_EQ(::chmod(at.c_str(), 0777), 0);
  for (const char* action : {"", "clear", "prune"}) {
    std::vector<std::string> arguments = {"cache"};
    if (*action != '\0') arguments.emplace_back(action);
    const ProcessResult result = run_tcc(arguments);
    EXPECT_EQ(result.code, 3) << action;
    EXPECT_EQ(result.out, "") << action;
    EXPECT_EQ(result.err,
              fmt::format("tcc: error: others can write '{0}': what lies in the cache is "
                          "executed, so it must be yours alone\n"
                          "  help: chmod go-w '{0}'\n",
                          at));
  }
  const Json finding = finding_of_doctor("cache");
  EXPECT_EQ(finding["status"], "missing");
  EXPECT_EQ(finding["found"], fmt::format("not used: others can write '{}'", at));
  EXPECT_EQ(finding["mend"], fmt::format("chmod go-w '{}'", at));
  ASSERT_EQ(::chmod(at.c_str(), 0700), 0);
  EXPECT_EQ(Json::parse(run_tcc({"cache", "--json"}).out)["entries"], 3);
}

TEST(CommandLineCache, RefusesAFolderOfAnotherUser) {
  if (!may_change_user()) GTEST_SKIP() << "only root can make a folder of another user";
  const TemporaryFolder folder;
  const std::string at = folder / "cache";
  fill(at, 1);
  ASSERT_EQ(::chown(at.c_str(), stranger, stranger), 0);
  const ProcessResult result = run_tcc({"cache", "clear", "--cache", at});
  EXPECT_EQ(result.code, 3);
  EXPECT_NE(result.err.find("belongs to user 54321, and this is user 0"), std::string::npos);
  EXPECT_NE(result.err.find("help: name a folder of your own"), std::string::npos);
}

TEST(CommandLineCache, IsCompletedByShells) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = run_tcc({"completion", shell}).out;
    EXPECT_NE(script.find("clear prune"), std::string::npos) << shell;
    EXPECT_NE(script.find("cache"), std::string::npos) << shell;
  }
}

}  // namespace
}  // namespace tcc::tests

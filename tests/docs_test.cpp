// The pages of the project are kept true: commands in ```console blocks are run and must print what
// stands below them, and files that are named must exist.
//
// A line `...` in a block stands for any number of lines.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/golden_runner.h"
#include "tests/support/run_tcc.h"

namespace tcc::tests {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

struct Command {
  std::string text;
  Lines printed;
};

std::vector<fs::path> pages() {
  std::vector<fs::path> found = {fs::path(TCC_SOURCE_DIR) / "README.md"};
  for (const auto& entry : fs::directory_iterator(fs::path(TCC_SOURCE_DIR) / "docs")) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Lines lines_of(std::istream& stream) {
  Lines lines;
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

std::vector<Command> commands_in(const Lines& lines) {
  std::vector<Command> commands;
  bool inside = false;
  for (const std::string& line : lines) {
    if (line.starts_with("```")) {
      inside = line == "```console";
    } else if (inside && line.starts_with("$ ")) {
      commands.push_back({line.substr(2), {}});
    } else if (inside && !commands.empty()) {
      commands.back().printed.push_back(line);
    }
  }
  return commands;
}

/// Whether `printed` is what `expected` says from `p` and `e` on.
bool matches(const Lines& printed, std::size_t p, const Lines& expected, std::size_t e) {
  for (; e < expected.size(); ++e, ++p) {
    if (expected[e] == "...") {
      for (std::size_t rest = p; rest <= printed.size(); ++rest) {
        if (matches(printed, rest, expected, e + 1)) return true;
      }
      return false;
    }
    if (p == printed.size() || printed[p] != expected[e]) return false;
  }
  return p == printed.size();
}

bool needs_machine_code(const std::string& command) {
  return command.starts_with("tcc run") || command.find("--stage llvm") != std::string::npos ||
         command.find("--stage asm") != std::string::npos;
}

TEST(Docs, CommandsPrintWhatThePagesSay) {
  fs::current_path(TCC_SOURCE_DIR);
  const std::string folder = fs::path(TCC_BINARY).parent_path().string();
  std::size_t checked = 0;
  for (const fs::path& page : pages()) {
    std::ifstream file(page);
    for (const Command& command : commands_in(lines_of(file))) {
      if (!command.text.starts_with("tcc ")) continue;
      if (!TCC_HAS_LLVM && needs_machine_code(command.text)) continue;
      const ProcessResult result =
          run_program("/bin/sh", {"-c", fmt::format("PATH='{}':$PATH; {}", folder, command.text)});
      std::istringstream stream(result.out + result.err);
      const Lines printed = lines_of(stream);
      EXPECT_TRUE(matches(printed, 0, command.printed, 0))
          << page << ": $ " << command.text << '\n'
          << line_difference(fmt::format("{}\n", fmt::join(command.printed, "\n")),
                             fmt::format("{}\n", fmt::join(printed, "\n")));
      ++checked;
    }
  }
  EXPECT_GE(checked, 8U);
}

TEST(Docs, FilesThatAreNamedExist) {
  const std::regex path("`((?:[a-z_]+/)+[a-z0-9_]+\\.[a-z]+)`");
  std::size_t checked = 0;
  for (const fs::path& page : pages()) {
    std::ifstream file(page);
    for (const std::string& line : lines_of(file)) {
      for (std::sregex_iterator match(line.begin(), line.end(), path), end; match != end; ++match) {
        EXPECT_TRUE(fs::exists(fs::path(TCC_SOURCE_DIR) / (*match)[1].str()))
            << page << " names " << (*match)[1];
        ++checked;
      }
    }
  }
  EXPECT_GE(checked, 9U);
}

/// By what completes them in fish: `-l output -s o`.
TEST(Docs, EveryOptionIsOnThePageOfTheCommandLine) {
  std::ifstream file(fs::path(TCC_SOURCE_DIR) / "docs/cli.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  const std::regex name("-l ([a-z0-9-]+)(?: -s ([a-zA-Z]))?");
  std::istringstream lines(run_tcc({"completion", "fish"}).out);
  std::size_t checked = 0;
  for (const std::string& line : lines_of(lines)) {
    std::smatch match;
    if (!std::regex_search(line, match, name) || match[1] == "help") continue;
    const bool is_there =
        page.find("--" + match[1].str()) != std::string::npos ||
        (match[2].matched && page.find("`-" + match[2].str()) != std::string::npos);
    EXPECT_TRUE(is_there) << line;
    ++checked;
  }
  EXPECT_GE(checked, 40U);
}

TEST(Docs, DotsStandForAnyLines) {
  EXPECT_TRUE(matches({"a", "b", "c"}, 0, {"a", "...", "c"}, 0));
  EXPECT_TRUE(matches({"a"}, 0, {"a", "..."}, 0));
  EXPECT_FALSE(matches({"a", "b", "c"}, 0, {"a", "...", "d"}, 0));
  EXPECT_FALSE(matches({"a", "b"}, 0, {"a"}, 0));
}

}  // namespace
}  // namespace tcc::tests

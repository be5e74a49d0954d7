// Golden tests: reading, running and rewriting.
#include "tests/golden_runner.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "driver/command_line.h"

namespace tcc::tests {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view expect_mark = "# ---- expect";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

std::vector<std::string> split_arguments(const std::string& text) {
  std::vector<std::string> arguments;
  std::istringstream stream(text);
  for (std::string argument; stream >> argument;) {
    replace_all(argument, "{source}", TCC_SOURCE_DIR);
    arguments.push_back(argument);
  }
  return arguments;
}

void read_header(const std::string& line, GoldenFile& golden) {
  const auto value_of = [&](std::string_view key) {
    return line.starts_with(key) ? line.substr(key.size()) : "";
  };
  if (const auto value = value_of("# stage: "); !value.empty()) golden.stage = value;
  if (const auto value = value_of("# why: "); !value.empty()) golden.why = value;
  if (const auto value = value_of("# args: "); !value.empty()) {
    golden.arguments = split_arguments(value);
  }
}

std::string command_for(const std::string& suite, const std::string& name) {
  return fmt::format("build/dev/tcc_tests --gtest_filter='{}.{}'", suite, name);
}

/// The program alone, without the comments that are about the test.
std::string program_of(const GoldenFile& golden) {
  std::string text;
  for (const std::string& line : lines_of(golden.head)) {
    const bool is_header = line == expect_mark || line.starts_with("# stage: ") ||
                           line.starts_with("# why: ") || line.starts_with("# args: ");
    if (!is_header) text += line + '\n';
  }
  return text;
}

class GoldenTest : public testing::Test {
 public:
  GoldenTest(fs::path path, std::string command)
      : path_(std::move(path)), command_(std::move(command)) {}

  void TestBody() override {
    const GoldenFile golden = read_golden(path_);
    EXPECT_FALSE(golden.stage.empty()) << path_ << " has no '# stage: '";
    EXPECT_FALSE(golden.why.empty()) << path_ << " has no '# why: '";
    EXPECT_LE(lines_of(golden.head + golden.expected).size(), 40u) << path_ << " is too long";
    const std::string actual = run_golden(golden);
    if (actual == golden.expected) return;
    if (std::getenv("TCC_UPDATE_GOLDEN") != nullptr) return update_golden(golden, actual);
    ADD_FAILURE() << path_.string() << " (" << golden.why << ")\n"
                  << line_difference(golden.expected, actual) << "run it alone: " << command_
                  << "\nkeep the new text: scripts/update_golden.sh";
  }

 private:
  fs::path path_;
  std::string command_;
};

}  // namespace

std::vector<fs::path> golden_files(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  const fs::path root = fs::path(TCC_SOURCE_DIR) / folder;
  for (const auto& entry : fs::recursive_directory_iterator(root, error)) {
    if (entry.path().extension() == ".tc") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

GoldenFile read_golden(const fs::path& path) {
  GoldenFile golden;
  golden.path = path;
  std::ifstream file(path);
  bool expecting = false;
  for (std::string line; std::getline(file, line);) {
    if (expecting) {
      golden.expected += line.substr(std::min<std::size_t>(2, line.size())) + '\n';
      continue;
    }
    golden.head += line + '\n';
    expecting = line == expect_mark;
    read_header(line, golden);
  }
  return golden;
}

std::string run_golden(const GoldenFile& golden) {
  std::vector<std::string> arguments;
  const bool is_stage = golden.stage != "check" && golden.stage != "run" && golden.stage != "fmt";
  arguments.push_back(is_stage ? "emit" : golden.stage);
  if (is_stage) arguments.insert(arguments.end(), {"--stage", golden.stage});
  if (golden.stage == "fmt") {
    arguments.insert(arguments.end(), {"-e", program_of(golden)});
  } else {
    arguments.push_back(golden.path.string());
  }
  arguments.insert(arguments.end(), golden.arguments.begin(), golden.arguments.end());
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  driver::Console console{in, out, err};
  driver::run_command_line(arguments, console);
  std::string text = out.str() + err.str();
  replace_all(text, golden.path.parent_path().string() + "/", "");
  replace_all(text, TCC_SOURCE_DIR "/", "");
  return text;
}

void update_golden(const GoldenFile& golden, const std::string& actual) {
  std::string text = golden.head;
  if (text.find(expect_mark) == std::string::npos) text += fmt::format("{}\n", expect_mark);
  for (const std::string& line : lines_of(actual))
    text += line.empty() ? "#\n" : "# " + line + "\n";
  std::ofstream(golden.path) << text;
}

std::string line_difference(const std::string& expected, const std::string& actual) {
  const auto before = lines_of(expected);
  const auto after = lines_of(actual);
  // common[i][j]: the longest common subsequence of what follows lines i and j.
  std::vector<std::vector<std::size_t>> common(before.size() + 1,
                                               std::vector<std::size_t>(after.size() + 1, 0));
  for (std::size_t i = before.size(); i-- > 0;) {
    for (std::size_t j = after.size(); j-- > 0;) {
      common[i][j] = before[i] == after[j] ? common[i + 1][j + 1] + 1
                                           : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string text;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < before.size() || j < after.size()) {
    if (i < before.size() && j < after.size() && before[i] == after[j]) {
      text += "  " + before[i++] + '\n';
      ++j;
    } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
      text += "- " + before[i++] + '\n';
    } else {
      text += "+ " + after[j++] + '\n';
    }
  }
  return text;
}

void register_golden_tests(const std::string& suite, const std::string& folder) {
  for (const fs::path& path : golden_files(folder)) {
    const bool needs_machine_code = read_golden(path).stage == "run";
    if (needs_machine_code && !TCC_HAS_LLVM) continue;
    const fs::path below = path.lexically_relative(fs::path(TCC_SOURCE_DIR) / folder);
    const std::string name = fs::path(below).replace_extension().generic_string();
    testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [path, command = command_for(suite, name)]() -> testing::Test* {
                            return new GoldenTest(path, command);
                          });
  }
}

}  // namespace tcc::tests

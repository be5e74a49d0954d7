// Every program of examples/ is run as its first lines say, and what it prints is checked.
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/golden_runner.h"
#include "tests/support/run_tcc.h"

namespace tcc::tests {
namespace {

const std::map<std::string, std::string> printed = {
    {"sum_1_to_8", "s: f32\n36.0\n"},
    {"matmul", "C: f32[2, 4]\n[[-0.5  0.   0.5  1. ]\n [-2.   0.   2.   4. ]]\n"},
    {"matmul_index", "C: f32[2, 4]\n[[-0.5  0.   0.5  1. ]\n [-2.   0.   2.   4. ]]\n"},
    {"relu_matmul", "C: f32[2, 4]\n[[0.    0.375 0.75  1.125]\n [0.    0.375 2.25  4.125]]\n"},
};

/// The command in the comments of a program, without `tcc`: the lines that are indented.
std::vector<std::string> command_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> words;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("#     ")) continue;
    std::istringstream stream(line.substr(1));
    for (std::string word; stream >> word;) {
      if (word != "\\" && word != "tcc") words.push_back(word);
    }
  }
  return words;
}

TEST(Examples, PrintWhatTheyShould) {
  std::filesystem::current_path(TCC_SOURCE_DIR);
  for (const auto& path : golden_files("examples")) {
    const std::string name = path.stem().string();
    ASSERT_TRUE(printed.count(name)) << "no expected output for " << path;
    const ProcessResult run = run_tcc(command_in(path));
    EXPECT_EQ(run.code, 0) << path << '\n' << run.err;
    const std::string::size_type verified = run.out.find("verified: ");
    EXPECT_EQ(run.out.substr(0, verified), printed.at(name)) << path;
  }
}

TEST(Examples, AreFormatted) {
  for (const auto& path : golden_files("examples")) {
    const ProcessResult check = run_tcc({"fmt", "--check", path.string()});
    EXPECT_EQ(check.code, 0) << check.err;
  }
}

}  // namespace
}  // namespace tcc::tests

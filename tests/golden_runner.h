// Golden tests: programs that carry what a subcommand is to print about them.
//
//   # stage: loops               a stage of `tcc emit`, or `check`, `run` or `fmt`
//   # why: a sum is one loop     what the test is there for
//   # args: --set M=4            further arguments; {source} is the repository's root
//   y = sum(x)
//   # ---- expect
//   # kernel y {
//
// The file itself is the program: what is expected are comments to the compiler.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tcc::tests {

struct GoldenFile {
  std::filesystem::path path;
  std::string stage;
  std::string why;
  std::vector<std::string> arguments;
  std::string head;  ///< all up to the expected lines
  std::string expected;
};

/// All .tc files below a folder of the repository, in order of their names.
std::vector<std::filesystem::path> golden_files(const std::string& folder);

GoldenFile read_golden(const std::filesystem::path& path);

/// What the command line prints now, standard output before standard error, with paths as seen
/// from the file's folder. Runs in this process.
std::string run_golden(const GoldenFile& golden);

/// Writes `actual` as what is expected.
void update_golden(const GoldenFile& golden, const std::string& actual);

/// Lines that went as `-`, lines that came as `+`.
std::string line_difference(const std::string& expected, const std::string& actual);

/// Registers a test for every file of a folder, called `suite`.NAME. With TCC_UPDATE_GOLDEN in the
/// environment the tests rewrite their files.
void register_golden_tests(const std::string& suite, const std::string& folder);

}  // namespace tcc::tests

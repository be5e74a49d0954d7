// For tests: runs the `tcc` executable as a user does.
#include "tests/support/run_tcc.h"

#include <atomic>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tcc::tests {

namespace {

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text)
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

ProcessResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                          const std::string& input) {
  const TemporaryFolder folder;
  std::ofstream(folder / "in", std::ios::binary) << input;
  std::string command = quoted(program);
  for (const std::string& argument : arguments)
    command += " " + quoted(argument);
  command += fmt::format(" <{} >{} 2>{}", quoted(folder / "in"), quoted(folder / "out"),
                         quoted(folder / "err"));
  const int status = std::system(command.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, contents(folder / "out"), contents(folder / "err")};
}

ProcessResult run_tcc(const std::vector<std::string>& arguments, const std::string& input) {
  return run_program(TCC_BINARY, arguments, input);
}

TemporaryFolder::TemporaryFolder() {
  static std::atomic<int> count = 0;
  path_ =
      std::filesystem::temp_directory_path() / fmt::format("tcc-test-{}-{}", ::getpid(), count++);
  std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace tcc::tests

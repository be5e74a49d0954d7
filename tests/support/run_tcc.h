// For tests: runs the `tcc` executable as a user does.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tcc::tests {

struct ProcessResult {
  int code;  ///< the exit code; 128 and more for a signal
  std::string out;
  std::string err;
};

/// Runs a program by its path, or `tcc` itself, with `input` on standard input.
ProcessResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                          const std::string& input = "");
ProcessResult run_tcc(const std::vector<std::string>& arguments, const std::string& input = "");

/// A folder of its own for a test, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace tcc::tests

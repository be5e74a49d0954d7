// The C++ compiler of this machine.
#include "runtime/host_compiler.h"

#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;  // POSIX wants it declared by its user

namespace tcc {

namespace {

struct Outcome {
  int status;
  std::string output;
};

/// Runs a program found on PATH, without a shell, and collects its standard output.
Outcome run(std::vector<std::string> arguments) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return {-1, ""};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> argv;
  for (std::string& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t process = 0;
  const int error = ::posix_spawnp(&process, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  Outcome outcome{-1, ""};
  if (error == 0) {
    char block[4096];
    for (ssize_t n; (n = ::read(pipe[0], block, sizeof block)) > 0;) {
      outcome.output.append(block, static_cast<std::size_t>(n));
    }
    ::waitpid(process, &outcome.status, 0);
  }
  ::close(pipe[0]);
  return outcome;
}

}  // namespace

tl::expected<HostCompiler, std::string> find_host_compiler() {
  std::vector<std::string> candidates;
  const char* chosen = std::getenv("TCC_HOST_CXX");
  if (chosen != nullptr && *chosen != '\0') candidates.emplace_back(chosen);
  candidates.insert(candidates.end(), {"g++", "clang++"});
  std::string tried;
  for (const std::string& command : candidates) {
    const Outcome version = run({command, "--version"});
    // To standard output, which is read and dropped: an object file would have to lie somewhere.
    const Outcome test = run({command, "-std=c++20", "-x", "c++", "-S", "-o", "-", "/dev/null"});
    if (version.status == 0 && test.status == 0) {
      return HostCompiler{command, version.output.substr(0, version.output.find('\n'))};
    }
    tried += fmt::format("{}'{}' {}", tried.empty() ? "" : ", ", command,
                         version.status == -1 ? "is not there" : "does not compile C++20");
  }
  return tl::make_unexpected(tried);
}

}  // namespace tcc

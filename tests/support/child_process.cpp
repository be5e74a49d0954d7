// For tests: a function that runs in a process of its own.
#include "tests/support/child_process.h"

#include <csignal>
#include <cstdio>

#include <fmt/format.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tcc::tests {

namespace {

[[noreturn]] void run_child(int pipe, const std::function<std::string()>& function) {
  std::string text;
  try {
    text = function();
  } catch (const std::exception& error) {
    text = fmt::format("child failed: {}", error.what());
  }
  const ssize_t count = ::write(pipe, text.data(), text.size());
  ::_exit(count == static_cast<ssize_t>(text.size()) ? 0 : 1);
}

std::string run(const std::function<bool()>& prepare,
                const std::function<std::string()>& function) {
  std::fflush(nullptr);  // what is buffered is this process's to print
  int ends[2];
  if (::pipe(ends) != 0) return "child failed: no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    if (!prepare()) ::_exit(1);
    run_child(ends[1], function);
  }
  ::close(ends[1]);
  std::string text;
  char block[4096];
  for (ssize_t count = 0; (count = ::read(ends[0], block, sizeof block)) > 0;)
    text.append(block, static_cast<std::size_t>(count));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return text;
  return fmt::format("child failed: status {}", status);
}

}  // namespace

bool may_change_user() { return ::geteuid() == 0; }

std::string run_as_user(uid_t user, const std::function<std::string()>& function) {
  return run(
      [user] {
        return ::setgroups(0, nullptr) == 0 && ::setresgid(user, user, user) == 0 &&
               ::setresuid(user, user, user) == 0;
      },
      function);
}

std::string run_in_child(const std::function<std::string()>& function) {
  return run([] { return true; }, function);
}

pid_t start_child(const std::function<void()>& function) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    function();
    ::_exit(0);
  }
  return child;
}

void kill_child(pid_t child) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

}  // namespace tcc::tests

// The line of progress, on a pseudo terminal.
#include "driver/progress.h"

#include <csignal>

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/run_tcc.h"

namespace tcc::driver {
namespace {

using namespace std::chrono_literals;

/// A terminal of `columns`, and what was drawn on it.
class Terminal {
 public:
  explicit Terminal(unsigned short columns = 80) {
    const winsize size = {24, columns, 0, 0};
    if (openpty(&screen_, &file_, nullptr, nullptr, &size) != 0) ADD_FAILURE() << "no terminal";
    fcntl(screen_, F_SETFL, O_NONBLOCK);
  }
  ~Terminal() {
    close(file_);
    close(screen_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int file() const { return file_; }

  const std::string& drawn() {
    char block[4096];
    for (ssize_t count; (count = read(screen_, block, sizeof block)) > 0;)
      drawn_.append(block, static_cast<std::size_t>(count));
    return drawn_;
  }

  /// Whether it is drawn within a minute.
  bool shows(const std::string& text) {
    for (int waited = 0; waited < 6000; ++waited) {
      if (drawn().find(text) != std::string::npos) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

 private:
  int screen_ = -1, file_ = -1;
  std::string drawn_;
};

TEST(Progress, Lines) {
  EXPECT_EQ(progress_line({"compiling: passes"}, 0, 3.24), "compiling: passes, 3.2 s");
  EXPECT_EQ(progress_line({"step", ProgressForm::number, 1000}, 120, 12),
            "step 120 of 1000, 12.0 s");
  EXPECT_EQ(progress_line({"verify", ProgressForm::percent, 200}, 83, 1), "verify: 41 %, 1.0 s");
  EXPECT_EQ(progress_line({"verify", ProgressForm::percent, 0}, 0, 1), "verify: 0 %, 1.0 s");
  EXPECT_EQ(progress_line({"verify", ProgressForm::percent, 2}, 9, 1), "verify: 100 %, 1.0 s");
}

TEST(Progress, IsDrawnAndErased) {
  Terminal terminal;
  {
    Progress progress(terminal.file(), 0ms);
    progress.begin({"step", ProgressForm::number, 10});
    progress.advance(3);
    EXPECT_TRUE(terminal.shows("\rstep 3 of 10, "));
    progress.begin({"verifying"});
    EXPECT_TRUE(terminal.shows("\rverifying, "));
    progress.pause();
    EXPECT_TRUE(terminal.drawn().ends_with("\r\x1b[K")) << terminal.drawn();
    const std::size_t length = terminal.drawn().size();
    std::this_thread::sleep_for(500ms);
    EXPECT_EQ(terminal.drawn().size(), length) << "it pauses";
    progress.begin({"again"});
    EXPECT_TRUE(terminal.shows("\ragain, "));
  }
  EXPECT_TRUE(terminal.drawn().ends_with("\r\x1b[K")) << terminal.drawn();
  EXPECT_EQ(terminal.drawn().find('\n'), std::string::npos);
}

TEST(Progress, FitsIntoTheLine) {
  Terminal terminal(20);
  Progress progress(terminal.file(), 0ms);
  progress.begin({"0123456789012345678901234567890123456789"});
  EXPECT_TRUE(terminal.shows("\r0123456789012345678\x1b[K"));
}

TEST(Progress, IsPatient) {
  Terminal terminal;
  {
    Progress progress(terminal.file(), 1h);
    progress.begin({"quick"});
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(terminal.drawn(), "");
}

TEST(Progress, WithoutTerminalDoesNothing) {
  Progress progress(-1, 0ms);
  progress.begin({"nothing"});
  progress.advance(1);
  progress.pause();
}

#if TCC_HAS_LLVM
/// Starts `tcc` with standard error on a terminal, all else nowhere; gives the process back.
int run_on(const Terminal& terminal, std::vector<std::string> arguments, const char* type) {
  const pid_t child = fork();
  if (child == 0) {
    setenv("TERM", type, 1);
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(terminal.file(), STDERR_FILENO);
    std::vector<char*> argv;
    std::string name = TCC_BINARY;
    argv.push_back(name.data());
    for (std::string& argument : arguments)
      argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(TCC_BINARY, argv.data());
    _exit(127);
  }
  return child;
}

int exit_code_of(int child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A run of about a millisecond, repeated.
std::vector<std::string> repeated(const char* times) {
  return {"run",      "-e", "input x: f32[1000000]; y = sum(sin(x))", "--random", "1", "--no-cache",
          "--repeat", times};
}

TEST(Progress, OfTheCommandOnATerminal) {
  Terminal terminal;
  const int child = run_on(terminal, repeated("1000000"), "xterm");
  EXPECT_TRUE(terminal.shows("\rrun ")) << terminal.drawn();
  EXPECT_TRUE(terminal.shows(" of 1000000, ")) << terminal.drawn();
  kill(child, SIGKILL);
  EXPECT_EQ(exit_code_of(child), -1);
}

TEST(Progress, OfTheCommandIsErased) {
  Terminal terminal;
  EXPECT_EQ(exit_code_of(run_on(terminal, repeated("2000"), "xterm")), 0);
  const std::string drawn = terminal.drawn();
  const std::size_t line = drawn.find("1999 runs: ");
  ASSERT_NE(line, std::string::npos) << drawn;
  if (line == 0) GTEST_SKIP() << "2000 runs take less than a second here";
  EXPECT_TRUE(drawn.substr(0, line).ends_with("\r\x1b[K")) << drawn;
}

TEST(Progress, OfTheCommandElsewhere) {
  Terminal dumb;
  EXPECT_EQ(exit_code_of(run_on(dumb, repeated("2000"), "dumb")), 0);
  EXPECT_TRUE(dumb.drawn().starts_with("1999 runs: ")) << dumb.drawn();
  Terminal terminal;
  std::vector<std::string> json = repeated("2000");
  json.emplace_back("--json");
  EXPECT_EQ(exit_code_of(run_on(terminal, json, "xterm")), 0);
  EXPECT_EQ(terminal.drawn(), "");
}
#endif

}  // namespace
}  // namespace tcc::driver

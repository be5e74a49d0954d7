// One line on a terminal that says what is being done.
#include "driver/progress.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace tcc::driver {

namespace {

constexpr std::chrono::milliseconds period{200};

/// A line that wraps could not be erased.
std::size_t columns_of(int terminal) {
  winsize size{};
  const bool is_known = ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : 80;
}

/// What a terminal does not take is lost: it is only progress.
void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string progress_line(const ProgressText& text, std::int64_t done, double seconds) {
  std::string count;
  if (text.form == ProgressForm::number) {
    count = fmt::format(" {} of {}", done, text.of);
  } else if (text.form == ProgressForm::percent) {
    count = fmt::format(
        ": {} %", text.of > 0 ? std::min<std::int64_t>(100, static_cast<std::int64_t>(
                                                                100.0 * static_cast<double>(done) /
                                                                static_cast<double>(text.of)))
                              : 0);
  }
  return fmt::format("{}{}, {:.1f} s", text.what, count, seconds);
}

Progress::Progress(int terminal, std::chrono::milliseconds patience)
    : terminal_(terminal), patience_(patience) {}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  pause();
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

void Progress::begin(ProgressText text) {
  if (terminal_ < 0) return;
  {
    const std::lock_guard lock(mutex_);
    if (text.what.empty() && is_drawn_) {
      write_all(terminal_, "\r\x1b[K");
      is_drawn_ = false;
    }
    text_ = std::move(text);
    done_ = 0;
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { draw_until_stopped(); });
}

void Progress::draw_until_stopped() {
  std::unique_lock lock(mutex_);
  auto next = start_ + patience_;
  while (!stopped_.wait_until(lock, next, [this] { return is_stopped_; })) {
    const auto now = Clock::now();
    const std::chrono::duration<double> elapsed = now - start_;
    if (!text_.what.empty()) draw(progress_line(text_, done_, elapsed.count()));
    next = now + period;
  }
}

void Progress::draw(const std::string& line) {
  is_drawn_ = true;
  write_all(terminal_, "\r" + line.substr(0, columns_of(terminal_) - 1) + "\x1b[K");
}

}  // namespace tcc::driver

// One line on a terminal that says what is being done and how far it is, while it takes long.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace tcc::driver {

/// How the count of what is done is worded: "step 120 of 1000", "verifying: 41 %".
enum class ProgressForm : std::uint8_t { none, number, percent };

struct ProgressText {
  std::string what;  ///< "compiling: passes"; empty: nothing is shown
  ProgressForm form = ProgressForm::none;
  std::int64_t of = 0;  ///< what is counted, as a whole
};

/// The line for a text of which `done` is done, after so many seconds: "step 120 of 1000, 3.2 s".
std::string progress_line(const ProgressText& text, std::int64_t done, double seconds);

/// Draws the line from the first second on, a few times a second, and erases it in the end. A small
/// thread draws, so that one stage that takes long still shows the time; it writes to the file
/// directly, and only between begin() and pause(), when nothing else is to be printed.
/// begin() and pause() are called from one thread; advance() from any.
class Progress {
 public:
  /// `terminal`: a file descriptor; -1 where there is none, and nothing is done then.
  explicit Progress(int terminal, std::chrono::milliseconds patience = std::chrono::seconds(1));
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begin(ProgressText text);

  /// So much is done of what begin() counts; costs no more than a store.
  void advance(std::int64_t done) { done_.store(done, std::memory_order_relaxed); }

  /// Erases the line; nothing is shown until the next begin().
  void pause() { begin({}); }

 private:
  using Clock = std::chrono::steady_clock;

  void draw_until_stopped();
  void draw(const std::string& line);

  const int terminal_;
  const std::chrono::milliseconds patience_;
  const Clock::time_point start_ = Clock::now();
  std::atomic<std::int64_t> done_ = 0;
  std::mutex mutex_;  ///< of all below
  std::condition_variable stopped_;
  ProgressText text_;
  bool is_stopped_ = false;
  bool is_drawn_ = false;
  std::thread thread_;  ///< started by the first begin()
};

}  // namespace tcc::driver

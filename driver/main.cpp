// The command line of tcc.
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "driver/command_line.h"

namespace {

/// A terminal that knows control sequences.
bool is_capable_terminal(int file) {
  const char* terminal = std::getenv("TERM");
  return isatty(file) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

/// Unless NO_COLOR is set (no-color.org).
tcc::Color color_of(int file) {
  const char* no_color = std::getenv("NO_COLOR");
  const bool unwanted = no_color != nullptr && *no_color != '\0';
  return is_capable_terminal(file) && !unwanted ? tcc::Color::always : tcc::Color::never;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const std::vector<std::string> arguments(argv + (argc > 0), argv + argc);
  tcc::driver::Console console{std::cin, std::cout, std::cerr, color_of(STDERR_FILENO),
                               is_capable_terminal(STDERR_FILENO) ? STDERR_FILENO : -1};
  return static_cast<int>(tcc::driver::run_command_line(arguments, console));
}

// The command line of tcc.
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "driver/command_line.h"

namespace {

/// On a terminal that knows colours, unless NO_COLOR is set (no-color.org).
tcc::Color color_of(int file) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool unwanted = no_color != nullptr && *no_color != '\0';
  const bool capable = terminal != nullptr && std::string_view(terminal) != "dumb";
  return isatty(file) == 1 && capable && !unwanted ? tcc::Color::always : tcc::Color::never;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const std::vector<std::string> arguments(argv + (argc > 0), argv + argc);
  tcc::driver::Console console{std::cin, std::cout, std::cerr, color_of(STDERR_FILENO)};
  return static_cast<int>(tcc::driver::run_command_line(arguments, console));
}

// Where the driver reads and writes, so that tests can run command lines in the process.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "dsl/diagnostic.h"

namespace tcc::driver {

enum class ExitCode : std::uint8_t {
  done = 0,
  wrong_program = 1,  ///< or wrong inputs: diagnostics say what
  wrong_command_line = 2,
  environment = 3,  ///< no device, no memory, no file
  verify_failed = 4,
  bug = 70,
};

struct Console {
  std::istream& in;
  std::ostream& out;  ///< data
  std::ostream& err;  ///< all else
  Color color = Color::never;
  int terminal = -1;  ///< the file that progress is drawn on; -1: none
};

}  // namespace tcc::driver

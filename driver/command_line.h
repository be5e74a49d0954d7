// From a command line to a subcommand, and from what went wrong to an exit code.
#pragma once

#include <span>
#include <string>

#include "driver/console.h"

namespace tcc::driver {

/// Runs `tcc ARGUMENTS`; throws nothing.
ExitCode run_command_line(std::span<const std::string> arguments, Console& console);

}  // namespace tcc::driver

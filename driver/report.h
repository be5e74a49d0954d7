// What went wrong, for people or for programs.
#pragma once

#include <span>
#include <string>

#include <tcc/error.h>

#include "driver/console.h"

namespace tcc::driver {

enum class Form : std::uint8_t { text, json };

/// What a report of a bug has to hold: the command line and the program.
struct Reproducer {
  std::span<const std::string> arguments;
  std::string program;
};

/// A mistake that has no place in the program's text, worded as the compiler does.
Error program_error(DiagnosticKind kind, std::string message, std::string help);

/// Prints an error, and says with which code to exit. As text it goes to `err`, the diagnostics as
/// the compiler words them; as JSON to `out`, one object a line:
///
///   {"severity": "error", "kind": "size-mismatch", "message": .., "file": .., "line": 4,
///    "column": 12, "notes": [{"message": .., "file": .., "line": .., "column": ..}], "help": ..}
///
/// What has no kind has a "category" in its place: program, environment or bug; a bug has a
/// "reproducer".
ExitCode report_error(const Error& error, Form form, const Reproducer& reproducer,
                      Console& console);

/// Says what is wrong with the command line, in the same form.
ExitCode report_wrong_command_line(const std::string& message, const std::string& help, Form form,
                                   Console& console);

}  // namespace tcc::driver

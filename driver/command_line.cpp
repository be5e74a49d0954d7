// From a command line to a subcommand, and from what went wrong to an exit code.
#include "driver/command_line.h"

#include <algorithm>
#include <new>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "driver/subcommands.h"

namespace tcc::driver {

namespace {

constexpr std::string_view introduction =
    "A compiler for tensor expressions: equations in, machine code and numbers out.";

constexpr std::string_view first_steps =
    "First steps:\n"
    "  tcc run -e 'y = x * x' -i x=3.0            compute something\n"
    "  tcc run -e 'C = A @ B' -i A=a.npy -i B=b.npy -o C=c.npy --verify\n"
    "                                             the same on arrays, with proof\n"
    "  tcc emit examples/matmul.tc --stage loops  look inside\n"
    "  tcc doctor                                 what this machine offers\n"
    "\n"
    "tcc CMD --help has an example for each. Exit codes: 0 done, 1 the program or its inputs\n"
    "are wrong, 2 the command line is wrong, 3 the environment cannot, 4 --verify failed,\n"
    "70 a bug in tcc.";

void set_up(CLI::App& app, Action& action) {
  app.description(std::string(introduction));
  app.footer(std::string(first_steps));
  app.set_version_flag("--version", std::string("tcc ") + TCC_VERSION);
  app.require_subcommand(1);
  add_run(app, action);
  add_emit(app, action);
  add_check(app, action);
  add_bench(app, action);
  add_fuzz(app, action);
  add_fmt(app, action);
  add_doctor(app, action);
  add_cache(app, action);
  add_completion(app, action);
}

std::string subcommand_of(const CLI::App& app) {
  const auto subcommands = app.get_subcommands();
  return subcommands.empty() ? "" : subcommands.front()->get_name() + " ";
}

ExitCode run_action(const Action& action, Form form, Reproducer& reproducer, Console& console) {
  try {
    const ExitCode code = action(console, reproducer);
    if (console.out.flush()) return code;
    throw Error(ErrorCategory::environment, "cannot write to standard output");
  } catch (const Error& error) {
    return report_error(error, form, reproducer, console);
  } catch (const std::bad_alloc&) {
    const Error error(ErrorCategory::environment, "there is not enough memory");
    return report_error(error, form, reproducer, console);
  } catch (const std::exception& error) {
    return report_error(Error(ErrorCategory::bug, error.what()), form, reproducer, console);
  }
}

}  // namespace

ExitCode run_command_line(std::span<const std::string> arguments, Console& console) {
  const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  const Form form = json ? Form::json : Form::text;
  CLI::App app("", "tcc");
  Action action;
  set_up(app, action);
  try {
    // Taken from the back by CLI11.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      app.exit(error, console.out, console.err);
      return ExitCode::done;
    }
    const std::string help = fmt::format("tcc {}--help", subcommand_of(app));
    return report_wrong_command_line(error.what(), help, form, console);
  }
  Reproducer reproducer{arguments, ""};
  return run_action(action, form, reproducer, console);
}

}  // namespace tcc::driver

// The subcommands, one file each: every function adds its own to the command line, and sets
// `action` to what it does when it is the one called.
#pragma once

#include <functional>

#include "driver/console.h"
#include "driver/report.h"

namespace CLI {
class App;
}

namespace tcc::driver {

/// Throws Error where something is wrong; by then the reproducer holds the program, if any.
using Action = std::function<ExitCode(Console&, Reproducer&)>;

void add_run(CLI::App& app, Action& action);
void add_emit(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_fuzz(CLI::App& app, Action& action);
void add_fmt(CLI::App& app, Action& action);
void add_doctor(CLI::App& app, Action& action);
void add_cache(CLI::App& app, Action& action);
void add_completion(CLI::App& app, Action& action);

}  // namespace tcc::driver

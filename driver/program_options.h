// The options that all subcommands share which read a program.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/pipeline.h"
#include "driver/report.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tcc::driver {

struct ProgramOptions {
  std::string file;
  std::optional<std::string> text;  ///< -e
  std::string target = "cpu";
  std::vector<std::string> sizes;   ///< NAME=NUMBER, checked
  std::vector<std::string> inputs;  ///< NAME=VALUE, checked
  int threads = 1;
  int optimization = 3;
  bool strict = false;
  bool allow_tf32 = false;
  bool bounds_check = false;
  std::string cache_folder;  ///< --cache; empty for the default
  bool no_cache = false;
  bool no_schedule = false;
  std::string schedule_file;
  bool json = false;
  std::string print_after;
  bool time_passes = false;

  Form form() const { return json ? Form::json : Form::text; }
};

/// Adds the options to a subcommand. Values are checked as they are parsed.
void add_program_options(CLI::App& command, ProgramOptions& options);

/// Adds FILE and -e TEXT, of which one must be given.
void add_program_text(CLI::App& command, std::string& file, std::optional<std::string>& text);

/// Adds --cache DIR.
CLI::Option* add_cache_folder(CLI::App& command, std::string& folder);

/// The folder that --cache names, or the default one; empty where there is none, or `no_cache` is
/// set.
std::string cache_folder_of(const std::string& named);
std::string cache_folder_of(const ProgramOptions& options);

/// What the program is called in messages, and its text. Throws Error (environment).
struct ProgramText {
  std::string name;
  std::string text;
};
ProgramText read_program(const std::string& file, const std::optional<std::string>& text,
                         Console& console);

/// Options for the pipeline; observers print to `console`, which must outlive them.
/// Throws Error (environment) where the schedule's file cannot be read, or the target is none.
PipelineOptions pipeline_options(const ProgramOptions& options, const std::string& name,
                                 Console& console);

/// Throws Error (environment).
ir::Target target_of(const ProgramOptions& options);

}  // namespace tcc::driver

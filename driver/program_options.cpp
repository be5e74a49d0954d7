// The options that all subcommands share which read a program.
#include "driver/program_options.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "driver/input_binding.h"
#include "driver/scalar_literal.h"
#include "ir/printer.h"
#include "runtime/cache_folder.h"
#include "runtime/disk_cache.h"

namespace tcc::driver {

namespace {

/// One more than a program may have (language section 10.3): enough to see that it has more.
constexpr std::size_t read_limit = (std::size_t{16} << 20) + 1;

std::string read_up_to_limit(std::istream& stream) {
  std::string text;
  char block[65536];
  while (text.size() < read_limit && stream) {
    stream.read(block, sizeof block);
    text.append(block, static_cast<std::size_t>(stream.gcount()));
  }
  return text;
}

std::string read_text_file(const std::string& path) {
  std::error_code ignored;
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  const bool is_directory = std::filesystem::is_directory(path, ignored);
  if (stream && !is_directory) return read_up_to_limit(stream);
  throw Error(ErrorCategory::environment,
              fmt::format("cannot read '{}': {}", path,
                          is_directory ? "it is a directory" : std::strerror(errno)));
}

/// NAME=NUMBER of `--set`.
struct NumberBinding {
  std::string name;
  std::variant<std::int64_t, double> value;
};

std::optional<NumberBinding> parse_number(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || !is_name(text.substr(0, equals))) return {};
  const auto literal = parse_scalar(text.substr(equals + 1));
  if (!literal) return {};
  NumberBinding binding{text.substr(0, equals), 0.0};
  if (const auto* number = std::get_if<double>(&*literal)) {
    binding.value = *number;
    return binding;
  }
  const auto* integer = std::get_if<Integer>(&*literal);
  constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
  if (!integer || integer->magnitude > largest) return {};
  const auto magnitude = static_cast<std::int64_t>(integer->magnitude);
  binding.value = integer->is_negative ? -magnitude : magnitude;
  return binding;
}

std::string fault_of_number(const std::string& text) {
  if (parse_number(text)) return "";
  return fmt::format("'{}' gives no number: write NAME=NUMBER, as in M=1024", text);
}

std::string fault_of_pass(const std::string& name) {
  std::string names;
  for (const ir::Pass& pass : ir::all_passes()) {
    if (name == "all" || name == pass.name) return "";
    names += fmt::format("{}, ", pass.name);
  }
  return fmt::format("there is no pass '{}': choose one of {}all", name, names);
}

constexpr std::string_view help_for_target =
    "use 'cpu', or 'cpu:NAME' with the name of a processor, such as cpu:x86-64-v3";

/// What this version cannot compile for is known all the same, and no mistake of the command line.
std::string fault_of_target(const std::string& name) {
  const bool is_later = name == "cuda" || name.starts_with("cuda:") || name == "emulator";
  if (is_later || ir::find_target(name)) return "";
  return fmt::format("there is no target '{}': {}", name, help_for_target);
}

void require_bound_once(const std::vector<std::string>& inputs) {
  std::set<std::string> names;
  for (const std::string& text : inputs) {
    const std::string name = text.substr(0, text.find('='));
    if (names.insert(name).second) continue;
    throw CLI::ValidationError("-i", fmt::format("'{}' is bound twice", name));
  }
}

void set_numbers(const ProgramOptions& options, CompileOptions& compile) {
  for (const std::string& text : options.sizes) {
    const NumberBinding binding = *parse_number(text);
    if (compile.sizes.count(binding.name) || compile.numbers.count(binding.name)) {
      throw CLI::ValidationError("--set", fmt::format("'{}' is set twice", binding.name));
    }
    if (const auto* integer = std::get_if<std::int64_t>(&binding.value)) {
      compile.sizes.emplace(binding.name, *integer);
    } else {
      compile.numbers.emplace(binding.name, std::get<double>(binding.value));
    }
  }
}

void require_one_program(const std::string& file, const std::optional<std::string>& text) {
  if (file.empty() != text.has_value()) {
    throw CLI::ValidationError(
        text ? "a FILE and -e TEXT are given: choose one" : "no program: name a FILE, - or -e TEXT",
        CLI::ExitCodes::RequiredError);
  }
}

}  // namespace

void add_program_text(CLI::App& command, std::string& file, std::optional<std::string>& text) {
  command.add_option("FILE", file, "The program; - for standard input")->type_name("");
  command.add_option("-e", text, "The program's text, in place of FILE")->type_name("TEXT");
  command.parse_complete_callback([&file, &text] { require_one_program(file, text); });
}

namespace {

/// Taken so that command lines stay the same: nothing of this version has what they ask for.
void add_options_without_effect(CLI::App& command, ProgramOptions& options) {
  command
      .add_option("--threads", options.threads,
                  "Threads of a run, 0 for all cores; this version uses one whatever is said")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_flag("--allow-tf32", options.allow_tf32,
                   "Let matrix units round f32 to tf32; no effect on the CPU, which has none");
  command.add_flag("--bounds-check", options.bounds_check,
                   "Check every access of a run; no effect yet: reads are proven to be inside");
}

std::string fault_of_cache_folder(const std::string& folder) {
  return folder.empty() ? "'' names no folder: --no-cache keeps no compiled programs" : "";
}

}  // namespace

CLI::Option* add_cache_folder(CLI::App& command, std::string& folder) {
  return command
      .add_option(
          "--cache", folder,
          "Where compiled programs are kept, in place of $TCC_CACHE, $XDG_CACHE_HOME/tcc or "
          "$HOME/.cache/tcc")
      ->type_name("DIR")
      ->check(fault_of_cache_folder);
}

std::string cache_folder_of(const std::string& named) {
  return named.empty() ? default_cache_folder() : named;
}

std::string cache_folder_of(const ProgramOptions& options) {
  return options.no_cache ? "" : cache_folder_of(options.cache_folder);
}

void add_program_options(CLI::App& command, ProgramOptions& options) {
  add_program_text(command, options.file, options.text);
  command
      .add_option("-i,--input", options.inputs,
                  "Bind an input to a number or an array: .npy, .npz:MEMBER, .safetensors:TENSOR")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->check(fault_of_input);
  command.add_option("--set", options.sizes, "Give a size or constant its value; repeatable")
      ->type_name("NAME=NUMBER")
      ->allow_extra_args(false)
      ->check(fault_of_number);
  command
      .add_option("--target", options.target,
                  "The machine to compile for: cpu, or cpu:NAME as in cpu:x86-64-v3")
      ->check(fault_of_target)
      ->capture_default_str();
  add_options_without_effect(command, options);
  CLI::Option* cache_folder = add_cache_folder(command, options.cache_folder);
  command.add_flag("--no-cache", options.no_cache, "Neither read nor keep compiled programs")
      ->excludes(cache_folder);
  command.add_flag("--strict", options.strict,
                   "No contraction and no re-association: the sequential order's bits");
  command.add_option("-O", options.optimization, "Effort of the code generator: -O0 to -O3")
      ->check(CLI::Range(0, 3))
      ->type_name("LEVEL")
      ->capture_default_str();
  command.add_flag("--no-schedule", options.no_schedule, "Compile the plain loop nests");
  command
      .add_option("--schedule", options.schedule_file,
                  "A file of further schedule blocks, beside those of the program")
      ->type_name("FILE");
  command.add_flag("--json", options.json, "Print JSON, errors one object a line");
  command
      .add_option("--print-after", options.print_after,
                  "Print the loop nests after this pass, or after all, to standard error")
      ->type_name("PASS")
      ->check(fault_of_pass);
  command.add_flag("--time-passes", options.time_passes,
                   "Print how long each stage took, to standard error");
  command.parse_complete_callback([&options] {
    require_one_program(options.file, options.text);
    require_bound_once(options.inputs);
    CompileOptions ignored;
    set_numbers(options, ignored);
  });
}

ProgramText read_program(const std::string& file, const std::optional<std::string>& text,
                         Console& console) {
  if (text) return {"<text>", *text};
  if (file == "-") return {"<stdin>", read_up_to_limit(console.in)};
  return {file, read_text_file(file)};
}

ir::Target target_of(const ProgramOptions& options) {
  if (auto target = ir::find_target(options.target)) return *target;
  throw Error(ErrorCategory::environment,
              fmt::format("this version cannot compile for '{}'\n  help: {}", options.target,
                          help_for_target));
}

PipelineOptions pipeline_options(const ProgramOptions& options, const std::string& name,
                                 Console& console) {
  PipelineOptions pipeline;
  pipeline.compile.file = name;
  pipeline.compile.target = target_of(options).name;
  set_numbers(options, pipeline.compile);
  pipeline.compile.strict = options.strict;
  pipeline.compile.optimization = options.optimization;
  if (options.no_schedule) pipeline.compile.scheduling = Scheduling::none;
  if (!options.schedule_file.empty()) {
    pipeline.compile.schedule = read_text_file(options.schedule_file);
    pipeline.compile.schedule_file = options.schedule_file;
  }
  if (const std::string folder = cache_folder_of(options); !folder.empty())
    pipeline.cache = std::make_shared<DiskCache>(folder);
  if (!options.print_after.empty()) {
    pipeline.caching = Caching::write;
    pipeline.on_pass = [&console, wanted = options.print_after](const ir::Pass& pass,
                                                                const ir::LoopProgram& program) {
      if (wanted != "all" && wanted != pass.name) return;
      console.err << fmt::format("# after {}\n{}", pass.name, ir::print(program));
    };
  }
  return pipeline;
}

}  // namespace tcc::driver

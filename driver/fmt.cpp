// tcc fmt: programs in their canonical form.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "driver/program_options.h"
#include "driver/subcommands.h"
#include "frontend/format.h"
#include "runtime/files/replace_file.h"

namespace tcc::driver {

namespace {

using Json = nlohmann::ordered_json;

struct FmtOptions {
  std::string file;
  std::optional<std::string> text;
  bool check = false;
  bool json = false;
};

std::string formatted(const ProgramText& program) {
  SourceMap sources;
  Diagnostics diagnostics;
  auto text = format(sources, sources.add(program.name, program.text), diagnostics);
  if (!text) throw to_error(diagnostics, sources);
  return std::move(*text);
}

void replace(const std::string& path, const std::string& text) {
  const std::string_view parts[] = {text};
  const auto written = replace_file(path, parts);
  if (!written) throw written.error();
}

void print_json(const ProgramText& program, const std::string& text, bool shows_text,
                std::ostream& stream) {
  Json object = {{"file", program.name}, {"changed", text != program.text}};
  if (shows_text) object["text"] = text;
  stream << object.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

ExitCode run(const FmtOptions& options, Console& console, Reproducer& reproducer) {
  const ProgramText program = read_program(options.file, options.text, console);
  reproducer.program = program.text;
  const std::string text = formatted(program);
  const bool changes = text != program.text;
  const bool prints = options.text || options.file == "-";
  if (options.json) {
    print_json(program, text, prints && !options.check, console.out);
  } else if (options.check) {
    if (changes) console.err << fmt::format("{} is not formatted\n", program.name);
  } else if (prints) {
    console.out << text;
  }
  if (options.check) return changes ? ExitCode::wrong_program : ExitCode::done;
  if (changes && !prints) replace(options.file, text);
  return ExitCode::done;
}

}  // namespace

void add_fmt(CLI::App& app, Action& action) {
  auto options = std::make_shared<FmtOptions>();
  CLI::App* command = app.add_subcommand("fmt", "Format a program in place");
  command->footer(
      "Example:\n"
      "  tcc fmt examples/matmul.tc\n"
      "gives the file its canonical spaces and indentation; a text from - or -e is printed.\n"
      "tcc fmt --check examples/matmul.tc changes nothing, and exits with 1 where it would.");
  add_program_text(*command, options->file, options->text);
  command->add_flag("--check", options->check, "Change nothing; exit with 1 where fmt would");
  command->add_flag("--json", options->json, "Print JSON, errors one object a line");
  command->final_callback([options, &action] {
    action = [options](Console& console, Reproducer& reproducer) {
      return run(*options, console, reproducer);
    };
  });
}

}  // namespace tcc::driver

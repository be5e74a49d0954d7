// What went wrong, for people or for programs.
#include "driver/report.h"

#include <cstdio>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

namespace tcc::driver {

namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(ErrorCategory category) {
  switch (category) {
    case ErrorCategory::program: return "program";
    case ErrorCategory::environment: return "environment";
    case ErrorCategory::bug: return "bug";
  }
  return "bug";
}

ExitCode exit_code_of(ErrorCategory category) {
  switch (category) {
    case ErrorCategory::program: return ExitCode::wrong_program;
    case ErrorCategory::environment: return ExitCode::environment;
    case ErrorCategory::bug: return ExitCode::bug;
  }
  return ExitCode::bug;
}

/// Texts of the user may hold bytes that are no UTF-8: they are replaced, not refused.
std::string line_of(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

void set_place(Json& object, const std::string& file, std::uint32_t line, std::uint32_t column) {
  if (line == 0) return;
  object["file"] = file;
  object["line"] = line;
  object["column"] = column;
}

Json object_of(const Diagnostic& diagnostic) {
  Json object = {{"severity", "error"}, {"kind", diagnostic.kind}, {"message", diagnostic.message}};
  set_place(object, diagnostic.file, diagnostic.line, diagnostic.column);
  for (const DiagnosticNote& note : diagnostic.notes) {
    Json each = {{"message", note.message}};
    set_place(each, note.file, note.line, note.column);
    object["notes"].push_back(std::move(each));
  }
  if (!diagnostic.help.empty()) object["help"] = diagnostic.help;
  return object;
}

constexpr std::string_view bold = "\033[1m";
constexpr std::string_view red = "\033[1;31m";
constexpr std::string_view cyan = "\033[1;36m";
constexpr std::string_view green = "\033[1;32m";
constexpr std::string_view plain = "\033[0m";

/// `word` in a colour, what stands before it bold.
std::string paint_word(std::string_view line, std::size_t at, std::string_view word,
                       std::string_view color) {
  return fmt::format("{}{}{}{}{}{}{}", bold, line.substr(0, at), plain, color, word, plain,
                     line.substr(at + word.size()));
}

/// The line below a line of the program: its `~~^~` in red.
bool is_underline(std::string_view line) {
  const std::size_t bar = line.find('|');
  return bar != std::string_view::npos && line.find_first_not_of(' ') == bar &&
         line.find_first_not_of(" ~^", bar + 1) == std::string_view::npos;
}

std::string paint_line(std::string_view line) {
  const std::size_t indent = line.find_first_not_of(' ');
  const std::string_view inner = indent == std::string_view::npos ? "" : line.substr(indent);
  if (is_underline(line)) {
    const std::size_t mark = line.find_first_of("~^");
    if (mark == std::string_view::npos) return std::string(line);
    return fmt::format("{}{}{}{}", line.substr(0, mark), red, line.substr(mark), plain);
  }
  if (indent == 2 && inner.starts_with("note:")) return paint_word(line, indent, "note:", cyan);
  if (indent == 2 && inner.starts_with("help:")) return paint_word(line, indent, "help:", green);
  const std::size_t error = line.find("error: ");
  if (indent == 0 && error != std::string_view::npos) {
    return paint_word(line, error, "error:", red);
  }
  return std::string(line);
}

void print_lines(std::string_view text, Console& console) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    console.err << (console.color == Color::always ? paint_line(line) : line) << '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// A new file with the program and, as comments, how it was called; its path, or why there is none.
std::string write_reproducer(const Error& error, const Reproducer& reproducer) {
  std::error_code ignored;
  auto folder = std::filesystem::temp_directory_path(ignored);
  std::string path = (folder / "tcc-bug-XXXXXX.tc").string();
  const int file = ::mkstemps(path.data(), 3);
  std::FILE* stream = file < 0 ? nullptr : ::fdopen(file, "w");
  if (stream == nullptr) return "(no file could be written)";
  std::string head = fmt::format("# tcc {}: {}\n# tcc", TCC_VERSION, error.what());
  for (const std::string& argument : reproducer.arguments)
    head += fmt::format(" '{}'", argument);
  for (std::size_t at = 2; (at = head.find('\n', at)) != std::string::npos; at += 2) {
    if (head.compare(at, 3, "\n# ") != 0) head.insert(at + 1, "# ");
  }
  fmt::print(stream, "{}\n{}", head, reproducer.program);
  std::fclose(stream);
  return path;
}

void print_text(const Error& error, Console& console) {
  if (!error.diagnostics().empty()) return print_lines(error.what(), console);
  print_lines(fmt::format("tcc: error: {}", error.what()), console);
}

struct MessageAndHelp {
  std::string message;
  std::string help;
};

/// What has no diagnostics says how to mend it on a line of its own.
MessageAndHelp without_help(const std::string& text) {
  constexpr std::string_view mark = "\n  help: ";
  const std::size_t at = text.rfind(mark);
  if (at == std::string::npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + mark.size())};
}

void print_json(const Error& error, Console& console) {
  for (const Diagnostic& diagnostic : error.diagnostics()) {
    console.out << line_of(object_of(diagnostic));
  }
  if (!error.diagnostics().empty()) return;
  const auto [message, help] = without_help(error.what());
  Json object = {
      {"severity", "error"}, {"category", name_of(error.category())}, {"message", message}};
  if (!help.empty()) object["help"] = help;
  console.out << line_of(object);
}

}  // namespace

Error program_error(DiagnosticKind kind, std::string message, std::string help) {
  Diagnostics diagnostics;
  diagnostics.error(kind, {}, std::move(message)).suggest(std::move(help));
  return to_error(diagnostics, SourceMap());
}

ExitCode report_error(const Error& error, Form form, const Reproducer& reproducer,
                      Console& console) {
  if (error.category() != ErrorCategory::bug) {
    form == Form::json ? print_json(error, console) : print_text(error, console);
    return exit_code_of(error.category());
  }
  const std::string path = write_reproducer(error, reproducer);
  if (form == Form::json) {
    console.out << line_of({{"severity", "error"},
                            {"category", "bug"},
                            {"message", error.what()},
                            {"reproducer", path}});
  }
  print_lines(fmt::format("tcc: error: this is a bug in tcc: {}\n"
                          "  help: please report it, with this file, which reproduces it: {}",
                          error.what(), path),
              console);
  return ExitCode::bug;
}

ExitCode report_wrong_command_line(const std::string& message, const std::string& help, Form form,
                                   Console& console) {
  if (form == Form::json) {
    console.out << line_of({{"severity", "error"},
                            {"category", "command-line"},
                            {"message", message},
                            {"help", help}});
  } else {
    print_lines(fmt::format("tcc: error: {}\n  help: {}", message, help), console);
  }
  return ExitCode::wrong_command_line;
}

}  // namespace tcc::driver

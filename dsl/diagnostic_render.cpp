// Reports as text (language section 10) and as values.
#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/source_excerpt.h"

namespace tcc {

namespace {

// The styles of terminals.
constexpr std::string_view bold = "\033[1m";
constexpr std::string_view red = "\033[1;31m";
constexpr std::string_view cyan = "\033[1;36m";
constexpr std::string_view green = "\033[1;32m";
constexpr std::string_view plain = "\033[0m";

/// Where the `^` of a report goes.
std::uint32_t caret_of(const Report& report) { return report.caret.value_or(report.span->begin); }

std::string place_text(const SourceMap& sources, SourceId source, std::uint32_t offset) {
  const LineColumn place = sources[source].line_column(offset);
  return fmt::format("{}:{}:{}", printable(sources[source].name()), place.line, place.column);
}

/// Further lines of a text stand below its first one, indented.
std::string indented(std::string_view text) {
  while (text.ends_with('\n'))
    text.remove_suffix(1);
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (text[i] == '\n' && text[i + 1] != '\n') result += "    ";
  }
  return result;
}

class Renderer {
 public:
  Renderer(const SourceMap& sources, Color color) : sources_(sources), color_(color) {}

  void add(const Report& report) {
    if (report.span) {
      const std::string place = place_text(sources_, report.span->source, caret_of(report));
      text_ += painted(bold, place + ":") + " ";
    }
    text_ += fmt::format("{} {} [{}]\n", painted(red, "error:"),
                         indented(printable(report.message)), name_of(report.kind));
    if (report.span) add_excerpt(*report.span, caret_of(report));
    for (const Report::Note& note : report.notes)
      add_note(note);
    if (!report.help.empty()) {
      text_ += fmt::format("  {} {}\n", painted(green, "help:"), indented(printable(report.help)));
    }
  }

  void add_count_of_more(std::size_t count) {
    if (count > 0) text_ += fmt::format("{} more error{}\n", count, count == 1 ? "" : "s");
  }

  std::string take() { return std::move(text_); }

 private:
  std::string painted(std::string_view style, std::string_view text) const {
    if (color_ == Color::never) return std::string(text);
    return fmt::format("{}{}{}", style, text, plain);
  }

  void add_excerpt(Span span, std::uint32_t caret) {
    const Source& source = sources_[span.source];
    const Excerpt excerpt = excerpt_of(source, span, caret);
    const std::string number = fmt::format("{}", source.line_column(caret).line);
    const std::size_t mark = std::min(excerpt.marks.find_first_of("~^"), excerpt.marks.size());
    text_ += fmt::format("  {} | {}\n", number, excerpt.text);
    text_ += fmt::format("  {:{}} | {}{}\n", "", number.size(), excerpt.marks.substr(0, mark),
                         painted(red, excerpt.marks.substr(mark)));
  }

  void add_note(const Report::Note& note) {
    text_ += fmt::format("  {} {}", painted(cyan, "note:"), indented(printable(note.message)));
    if (note.span) {
      text_ += fmt::format(" ({})", place_text(sources_, note.span->source, note.span->begin));
    }
    text_ += '\n';
  }

  const SourceMap& sources_;
  Color color_;
  std::string text_;
};

/// Sets the place of a Diagnostic or of a DiagnosticNote.
template <typename Placed>
void set_place(Placed& placed, const SourceMap& sources, SourceId source, std::uint32_t offset) {
  const LineColumn place = sources[source].line_column(offset);
  placed.file = sources[source].name();
  placed.line = place.line;
  placed.column = place.column;
}

/// By place, and at one place as they were found. What has no place comes last. What is said of one
/// place twice, for two parts of a function that is called there, is said once.
std::vector<Report> in_order_of_text(const Diagnostics& diagnostics) {
  std::multimap<std::tuple<bool, SourceId, std::uint32_t>, Report> by_place;
  for (const Report& report : diagnostics.reports()) {
    const Span span = report.span.value_or(Span());
    by_place.emplace(std::tuple(!report.span, span.source, span.begin), report);
  }
  std::vector<Report> reports;
  for (auto& [place, report] : by_place) {
    const bool is_said = std::any_of(reports.begin(), reports.end(), [&](const Report& other) {
      return other.span == report.span && other.kind == report.kind &&
             other.message == report.message;
    });
    if (!is_said) reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace

std::string render(const Diagnostics& diagnostics, const SourceMap& sources, Color color) {
  Renderer renderer(sources, color);
  for (const Report& report : in_order_of_text(diagnostics))
    renderer.add(report);
  renderer.add_count_of_more(diagnostics.count() - diagnostics.reports().size());
  return renderer.take();
}

std::vector<Diagnostic> to_public(const Diagnostics& diagnostics, const SourceMap& sources) {
  std::vector<Diagnostic> result;
  for (const Report& report : in_order_of_text(diagnostics)) {
    Diagnostic diagnostic;
    diagnostic.kind = name_of(report.kind);
    diagnostic.message = printable(report.message);
    diagnostic.help = printable(report.help);
    if (report.span) set_place(diagnostic, sources, report.span->source, caret_of(report));
    for (const Report::Note& note : report.notes) {
      DiagnosticNote shown;
      shown.message = printable(note.message);
      if (note.span) set_place(shown, sources, note.span->source, note.span->begin);
      diagnostic.notes.push_back(std::move(shown));
    }
    result.push_back(std::move(diagnostic));
  }
  return result;
}

Error to_error(const Diagnostics& diagnostics, const SourceMap& sources) {
  return Error(ErrorCategory::program, render(diagnostics, sources),
               to_public(diagnostics, sources));
}

}  // namespace tcc

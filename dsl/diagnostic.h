// Mistakes in the user's program, collected and shown (language section 10).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tcc/error.h>

#include "dsl/source.h"

namespace tcc {

/// What is wrong; `name_of` gives the word shown in brackets. Every kind has a golden test.
enum class DiagnosticKind : std::uint8_t {
  syntax,
  undefined_name,
  redefinition,
  size_mismatch,
  dtype_mismatch,
  rank_mismatch,
  unbound_index,
  range_conflict,
  out_of_bounds,
  index_out_of_range,  ///< at run time
  cycle,
  empty_reduction,
  missing_input,
  assertion,     ///< what the program asserts does not hold
  bad_argument,  ///< a call with the wrong number or sort of arguments
  bad_schedule,
  limit,
  unsupported,  ///< in the language, but not yet in this compiler
};

/// Every kind with its name, in the order of the enumeration.
struct DiagnosticKindInfo {
  DiagnosticKind kind;
  std::string_view name;
};
std::span<const DiagnosticKindInfo> all_diagnostic_kinds();
std::string_view name_of(DiagnosticKind kind);

/// A diagnostic with spans instead of the lines and columns of the public `tcc::Diagnostic`.
struct Report {
  struct Note {
    std::string message;
    std::optional<Span> span;
  };

  DiagnosticKind kind;
  std::optional<Span> span;  ///< none for what has no place, such as an unbound input
  std::string message;       ///< lower case, no period, names in single quotes
  /// Where in the source the `^` goes, often the begin of an operator's span; the span's begin
  /// where none. It should lie within the span.
  std::optional<std::uint32_t> caret;
  std::vector<Note> notes;
  std::string help;  ///< "write ..."; empty where there is none

  Report& note(std::string text, std::optional<Span> where = {});
  Report& suggest(std::string text);
};

/// Collects reports. At most 20 errors are kept; the rest are counted.
class Diagnostics {
 public:
  static constexpr std::size_t max_errors = 20;

  /// Adds an error and returns it, so that notes and help can follow.
  Report& error(DiagnosticKind kind, std::optional<Span> span, std::string message);

  /// All errors but the first `count`, for what is known of them later.
  std::span<Report> since(std::size_t count);

  bool has_errors() const { return count_ > 0; }
  std::size_t count() const { return count_; }
  const std::vector<Report>& reports() const { return reports_; }

 private:
  std::vector<Report> reports_;
  std::size_t count_ = 0;
  Report overflow_;
};

enum class Color : std::uint8_t { never, always };

/// The text of section 10, carets and notes included, one report after the other in the order of
/// the program's text.
std::string render(const Diagnostics& diagnostics, const SourceMap& sources,
                   Color color = Color::never);

/// The same as values, for the public Error and for `--json`.
std::vector<Diagnostic> to_public(const Diagnostics& diagnostics, const SourceMap& sources);

/// An Error (program) that holds all reports.
Error to_error(const Diagnostics& diagnostics, const SourceMap& sources);

/// An internal check that failed: our bug, never the user's. Thrown, so that a host survives it.
[[noreturn]] void bug(std::string_view what);

/// The near-miss among `candidates` for a mistyped name, or nothing (edit distance up to a third,
/// case does not count). Takes time in proportion to the number of candidates: no need to ask once
/// `Diagnostics::max_errors` are reached.
std::optional<std::string> closest_name(std::string_view name,
                                        std::span<const std::string> candidates);

}  // namespace tcc

// Collecting reports. Their text is made in diagnostic_render.cpp.
#include "dsl/diagnostic.h"

#include <array>

namespace tcc {

namespace {

using enum DiagnosticKind;

constexpr std::array<DiagnosticKindInfo, 18> kinds = {{
    {syntax, "syntax"},
    {undefined_name, "undefined-name"},
    {redefinition, "redefinition"},
    {size_mismatch, "size-mismatch"},
    {dtype_mismatch, "dtype-mismatch"},
    {rank_mismatch, "rank-mismatch"},
    {unbound_index, "unbound-index"},
    {range_conflict, "range-conflict"},
    {out_of_bounds, "out-of-bounds"},
    {index_out_of_range, "index-out-of-range"},
    {cycle, "cycle"},
    {empty_reduction, "empty-reduction"},
    {missing_input, "missing-input"},
    {assertion, "assertion"},
    {bad_argument, "bad-argument"},
    {bad_schedule, "bad-schedule"},
    {limit, "limit"},
    {unsupported, "unsupported"},
}};

}  // namespace

Error::Error(ErrorCategory category, const std::string& text, std::vector<Diagnostic> diagnostics)
    : std::runtime_error(text), category_(category), diagnostics_(std::move(diagnostics)) {}

std::span<const DiagnosticKindInfo> all_diagnostic_kinds() { return kinds; }

std::string_view name_of(DiagnosticKind kind) { return kinds[static_cast<std::size_t>(kind)].name; }

Report& Report::note(std::string text, std::optional<Span> where) {
  notes.push_back({std::move(text), where});
  return *this;
}

Report& Report::suggest(std::string text) {
  help = std::move(text);
  return *this;
}

std::span<Report> Diagnostics::since(std::size_t count) {
  return std::span(reports_).subspan(std::min(count, reports_.size()));
}

Report& Diagnostics::error(DiagnosticKind kind, std::optional<Span> span, std::string message) {
  ++count_;
  Report report{kind, span, std::move(message), {}, {}, {}};
  if (count_ > max_errors) return overflow_ = std::move(report);
  reports_.push_back(std::move(report));
  return reports_.back();
}

void bug(std::string_view what) { throw Error(ErrorCategory::bug, std::string(what)); }

}  // namespace tcc

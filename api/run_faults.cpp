// From a check that did not hold to the place in the program's text.
#include "api/run_faults.h"

#include <algorithm>

#include "dsl/message.h"
#include "frontend/library_places.h"

namespace tcc {

namespace {

/// The place where the program calls the library, innermost, for what stands in the library.
std::optional<Span> place_in_program(Span span, const std::string& tensor,
                                     const syntax::Program& program) {
  if (!is_in_library(program, span)) return span;
  for (const syntax::Definition& definition : program.definitions) {
    const bool is_of = tensor == definition.name || tensor.starts_with(definition.name + ".");
    if (!is_of) continue;
    const Span place = outside_library(program, span, definition.call_sites);
    if (!is_in_library(program, place)) return place;
  }
  return {};
}

/// The places of the checks that say this, each once.
std::vector<Span> places_of(const RunFault& fault, const std::vector<CheckPlace>& checks) {
  std::vector<Span> places;
  std::vector<Span> elsewhere;  // for kernels that a schedule has made of several
  for (const CheckPlace& check : checks) {
    if (check.message != fault.message) continue;
    std::vector<Span>& found = fault.kernel == check.tensor + ".check" ? places : elsewhere;
    if (std::find(found.begin(), found.end(), check.place) == found.end())
      found.push_back(check.place);
  }
  return places.empty() ? elsewhere : places;
}

}  // namespace

std::vector<CheckPlace> check_places(const ir::Graph& graph, const syntax::Program& program) {
  std::vector<CheckPlace> places;
  for (const ir::Tensor& tensor : graph.tensors) {
    for (const ir::Check& check : tensor.checks()) {
      const auto spans = graph.origins.source_spans(check.value->origin);
      if (spans.empty()) continue;
      const auto place = place_in_program(spans.front(), tensor.name, program);
      if (place) places.push_back({tensor.name, check.message, *place});
    }
  }
  return places;
}

void report_fault(const RunFault& fault, const std::vector<CheckPlace>& checks,
                  Diagnostics& diagnostics) {
  const std::vector<Span> places = places_of(fault, checks);
  Report& report = diagnostics.error(DiagnosticKind::index_out_of_range,
                                     places.empty() ? std::nullopt : std::optional(places.front()),
                                     filled_in(fault.message.c_str(), fault.value));
  for (std::size_t other = 1; other < places.size(); ++other)
    report.note("or this index, whose check says the same", places[other]);
}

}  // namespace tcc

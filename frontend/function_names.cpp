// The names of functions, for those that are misspelt.
#include "frontend/function_names.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "frontend/core_functions.h"
#include "frontend/library.h"
#include "frontend/literals.h"

namespace tcc {

namespace {

constexpr std::array<std::string_view, 4> later_functions = {
    "conv2d",
    "max_pool2d",
    "avg_pool2d",
    "grad",
};

/// Of the lines `def NAME(..` that begin the library's functions.
std::vector<std::string> names_in_library() {
  constexpr std::string_view begin = "\ndef ";
  std::vector<std::string> names;
  const std::string_view text = library_text();
  for (std::size_t at = 0; (at = text.find(begin, at)) != std::string_view::npos;) {
    at += begin.size();
    names.emplace_back(text.substr(at, text.find('(', at) - at));
  }
  return names;
}

}  // namespace

bool is_later_function(std::string_view name) {
  return std::find(later_functions.begin(), later_functions.end(), name) != later_functions.end();
}

std::optional<std::string> closest_function(std::string_view name, const syntax::Program& program) {
  static const std::vector<std::string> library = names_in_library();
  const auto core = core_function_names();
  std::vector<std::string> names(core.begin(), core.end());
  names.insert(names.end(), library.begin(), library.end());
  for (const syntax::Function& function : program.functions)
    names.push_back(function.name);
  return closest_name(name, names);
}

Report& report_unknown_function(const std::string& name, Span span, const syntax::Program& program,
                                Diagnostics& diagnostics) {
  if (is_later_function(name)) {
    return diagnostics.error(DiagnosticKind::unsupported, span,
                             fmt::format("function '{}' is not supported yet", name));
  }
  Report& report = diagnostics.error(DiagnosticKind::undefined_name, span,
                                     fmt::format("there is no function '{}'", name));
  if (diagnostics.count() > Diagnostics::max_errors) return report;  // nobody reads it
  if (const auto closest = closest_function(name, program)) {
    report.suggest(fmt::format("did you mean '{}'?", *closest));
  }
  return report;
}

Report& report_undefined_in_function(const std::string& name, Span span, Diagnostics& diagnostics) {
  const auto literal = literal_meant_by(name);
  return diagnostics
      .error(DiagnosticKind::undefined_name, span,
             fmt::format("'{}' is not defined in this function", name))
      .suggest(literal ? fmt::format("did you mean '{}'?", *literal)
                       : "a function reads its parameters and constants only");
}

void suggest_parameter(Report& report, std::string_view keyword,
                       std::span<const std::string> parameters) {
  if (const auto closest = closest_name(keyword, parameters)) {
    report.suggest(fmt::format("did you mean '{}'?", *closest));
  } else if (!parameters.empty()) {
    report.suggest(fmt::format("its parameters are {}", fmt::join(parameters, ", ")));
  }
}

void suggest_parameter(Report& report, std::string_view keyword,
                       const std::vector<syntax::Parameter>& parameters) {
  std::vector<std::string> names;
  for (const syntax::Parameter& parameter : parameters)
    names.push_back(parameter.name);
  suggest_parameter(report, keyword, names);
}

}  // namespace tcc

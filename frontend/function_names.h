// The names of functions, for those that are misspelt.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"

namespace tcc {

/// Whether a function is in the language, but not yet in this compiler.
bool is_later_function(std::string_view name);

/// The function of the core, of the library or of the program that was probably meant.
std::optional<std::string> closest_function(std::string_view name, const syntax::Program& program);

/// Reports a call of a function that is none, with the closest one. Errors: `undefined-name`, or
/// `unsupported` for a later one.
Report& report_unknown_function(const std::string& name, Span span, const syntax::Program& program,
                                Diagnostics& diagnostics);

/// Reports a name that a function's body reads, and that is neither its parameter nor a constant.
Report& report_undefined_in_function(const std::string& name, Span span, Diagnostics& diagnostics);

/// Helps with a keyword that is no parameter: the closest one, or what there are.
void suggest_parameter(Report& report, std::string_view keyword,
                       std::span<const std::string> parameters);
void suggest_parameter(Report& report, std::string_view keyword,
                       const std::vector<syntax::Parameter>& parameters);

}  // namespace tcc

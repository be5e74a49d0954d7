// The functions that the compiler knows by itself; all others are written in the language.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tcc {

/// Elementwise operators, conversions, reductions, and functions of shapes.
bool is_core_function(std::string_view name);

/// How many results a core function with several gives, or 1: `a, b = split(x, 2)` has as many as
/// there are names.
bool has_several_results(std::string_view name);

/// All of their names, for suggestions.
std::span<const std::string> core_function_names();

}  // namespace tcc

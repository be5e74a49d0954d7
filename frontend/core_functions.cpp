// The functions that the compiler knows by itself.
#include "frontend/core_functions.h"

#include <algorithm>
#include <string>
#include <vector>

#include "dsl/dtypes.h"
#include "dsl/operators.h"
#include "frontend/shape_functions.h"

namespace tcc {

namespace {

std::vector<std::string> collect_names() {
  std::vector<std::string> names;
  for (const std::string_view name :
       {"sum", "prod", "max", "min", "mean", "any", "all", "argmax", "argmin", "matmul"})
    names.emplace_back(name);
  for (const OpInfo& info : all_operators()) {
    if (info.notation == Notation::function) names.emplace_back(info.name);
  }
  for (const std::string_view name : shape_function_names())
    names.emplace_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::span<const std::string> core_function_names() {
  static const std::vector<std::string> names = collect_names();
  return names;
}

bool is_core_function(std::string_view name) {
  const auto names = core_function_names();
  return parse_dtype(name) || std::binary_search(names.begin(), names.end(), name);
}

bool has_several_results(std::string_view name) { return name == "split"; }

}  // namespace tcc

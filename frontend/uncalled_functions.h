// Functions that nothing calls: what can be said of them without the types of a call.
#pragma once

#include <set>
#include <string>

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"
#include "frontend/function_table.h"

namespace tcc {

/// Reports the names and functions in the body of `function` that stand for nothing. What is
/// called is checked where it is written out. Errors: `undefined-name`, `redefinition`.
void check_uncalled_function(const syntax::Program& program, const syntax::Function& function,
                             const std::set<std::string>& constants, FunctionTable& functions,
                             Diagnostics& diagnostics);

}  // namespace tcc

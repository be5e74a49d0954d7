// Constants that have no value, and why.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/syntax.h"

namespace tcc {

/// Reports why none of `refused` is a number; a constant that only reads another of them is the
/// other's mistake, and silent. `is_known` says whether a name stands for anything.
/// Errors: `cycle`, `undefined-name`, `bad-argument` for what is no number.
void report_refused_constants(const syntax::Program& program,
                              const std::vector<const syntax::Constant*>& refused,
                              const std::function<bool(const std::string&)>& is_known,
                              Diagnostics& diagnostics);

}  // namespace tcc

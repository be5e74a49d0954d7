// What a program asserts of its sizes (language section 3.3).
#pragma once

#include "frontend/names.h"

namespace tcc {

/// Decides each assertion, or leaves it to the run as a condition of the checked program.
/// Errors: `assertion` where one does not hold, `unsupported` for those that no run can check.
void check_assertions(const syntax::Program& program, Names& names, checked::Program& checked,
                      Diagnostics& diagnostics);

}  // namespace tcc

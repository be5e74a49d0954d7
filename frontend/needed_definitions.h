// Which definitions the results of a program depend on.
#pragma once

#include <vector>

#include "frontend/checked.h"

namespace tcc {

/// For each tensor whether an output or an update reads it, directly or not, or is it. The others
/// are checked, but not computed: parts of a function whose result is not used, for example.
std::vector<bool> needed_tensors(const checked::Program& program);

}  // namespace tcc

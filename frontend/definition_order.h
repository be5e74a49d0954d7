// Which definition must come before which.
#pragma once

#include <cstddef>
#include <vector>

#include "frontend/names.h"

namespace tcc {

/// The definitions of a program, each after those that it reads. Reports each cycle once, at a
/// definition in it; definitions of a cycle are marked broken and are in the order too.
std::vector<std::size_t> order_definitions(const syntax::Program& program, Names& names,
                                           Diagnostics& diagnostics);

}  // namespace tcc

// Which index variables the nodes of a checked definition depend on.
#pragma once

#include <vector>

#include "frontend/checked.h"

namespace tcc {

/// By node, counted from the first of the definition: the variables, sorted.
using NodeVariables = std::vector<std::vector<checked::VariableId>>;

/// A reduction does not depend on what it reduces over, and a subscript not on its base.
NodeVariables variables_of_nodes(const checked::Program& program,
                                 const checked::Definition& definition);

}  // namespace tcc

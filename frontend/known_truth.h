// Conditions that are known when a function is written out (language section 3.6).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "frontend/copy_tree.h"

namespace tcc {

/// The truth of an expression of `true`, `false`, `x == None`, `x != None`, `and`, `or` and `not`,
/// where names stand for what a call gives its parameters; nothing where a run decides. A tensor is
/// not None.
std::optional<bool> known_truth(const std::vector<syntax::Node>& nodes, syntax::NodeId root,
                                const std::map<std::string, NodeReplacement>& names);

}  // namespace tcc

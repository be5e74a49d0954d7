// Copies of expression trees with some of their nodes replaced.
#pragma once

#include <map>
#include <string>
#include <variant>

#include "dsl/syntax.h"

namespace tcc {

/// What stands in the place of a node: a name, or a copy of another tree.
using NodeReplacement = std::variant<std::string, syntax::NodeId>;

/// Appends a copy of the tree below `root` to `nodes`, and returns its root. What is below a
/// replaced node is left out.
syntax::NodeId copy_tree(std::vector<syntax::Node>& nodes, syntax::NodeId root,
                         const std::map<syntax::NodeId, NodeReplacement>& replacements);

}  // namespace tcc

// Whether an expression of a function's body, or an argument, depends on index variables.
#pragma once

#include <map>
#include <set>
#include <string>

#include "dsl/syntax.h"
#include "frontend/copy_tree.h"
#include "frontend/scopes.h"

namespace tcc {

/// What the parameters and definitions of a body stand for in one call.
using Environment = std::map<std::string, NodeReplacement>;

/// Where a body is written out: what its names stand for (null for the program itself), and the
/// index variables around it, of which there are none but in index notation.
struct Surroundings {
  const Environment* environment;
  const std::set<std::string>& variables;
};

/// Whether the tree below `root` mentions a variable that is introduced around it, or a name that
/// stands for an expression of such variables.
bool depends_on_index(const syntax::Program& program, syntax::NodeId root, const Scopes& scopes,
                      const Surroundings& surroundings);

/// The names of the index variables that a node sees.
std::set<std::string> variables_seen(const Scopes& scopes, syntax::NodeId node);

}  // namespace tcc

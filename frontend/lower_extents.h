// Sizes of the checked program as expressions of the graph.
#pragma once

#include <map>
#include <string>

#include "dsl/extent.h"
#include "ir/expr.h"

namespace tcc {

/// The variable of each size name.
using SizeVariables = std::map<std::string, ir::Expr>;

/// An i64 expression: `2*N + 1`.
ir::Expr lower_extent(const Extent& extent, const SizeVariables& sizes, ir::OriginId origin);

}  // namespace tcc

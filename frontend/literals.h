// Arguments of functions that are no tensors.
#pragma once

#include <vector>

#include "dsl/syntax.h"

namespace tcc {

/// Whether a tree is of numbers, lists of them, texts, true, false and None only.
bool is_literal(const std::vector<syntax::Node>& nodes, syntax::NodeId root);

/// Whether an argument takes its parameter's place as it is written: a literal, or the shapes
/// `[M, 2 * N]` and `x.shape`.
bool stands_for_itself(const std::vector<syntax::Node>& nodes, syntax::NodeId root);

}  // namespace tcc

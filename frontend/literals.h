// Arguments of functions that are no tensors.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dsl/syntax.h"

namespace tcc {

/// Whether a tree is of numbers, lists of them, texts, true, false and None only.
bool is_literal(const std::vector<syntax::Node>& nodes, syntax::NodeId root);

/// Whether an argument takes its parameter's place as it is written: a literal, or the shapes
/// `[M, 2 * N]` and `x.shape`.
bool stands_for_itself(const std::vector<syntax::Node>& nodes, syntax::NodeId root);

/// The literal that a name of other languages stands for: `true` of True, `nan` of NaN.
std::optional<std::string_view> literal_meant_by(std::string_view name);

}  // namespace tcc

// Definitions that are sizes: n = x.shape[0], and n // 2 (language section 2.2).
#pragma once

#include <optional>

#include "frontend/names.h"
#include "frontend/typed.h"

namespace tcc {

/// The value of an integer expression of literals, sizes, and definitions that are sizes
/// themselves; nothing for all others. The nodes up to `root` are typed.
std::optional<Extent> size_by_definitions(const syntax::Program& program, syntax::NodeId root,
                                          const TypedDefinition& typed, const Names& names);

}  // namespace tcc

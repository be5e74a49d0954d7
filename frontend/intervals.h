// The values that indices take as their variables run.
#pragma once

#include <optional>

#include "frontend/typed.h"

namespace tcc {

/// lowest <= value <= highest, both reached, wherever all variables have a value at all.
struct IndexInterval {
  Extent lowest;
  Extent highest;
};

/// Nothing where the sign of a coefficient is not known.
std::optional<IndexInterval> interval_of(const Affine& index,
                                         const std::vector<checked::Variable>& variables);

/// Of an index expression as typed; nothing where it is no arithmetic of variables and sizes.
/// Where it is not affine the bounds may be wider than what is reached.
std::optional<IndexInterval> interval_of(const syntax::Program& program,
                                         const TypedDefinition& typed, syntax::NodeId index,
                                         const std::vector<checked::Variable>& variables);

}  // namespace tcc

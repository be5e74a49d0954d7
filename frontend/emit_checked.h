// Nodes of the checked program from a typed definition.
#pragma once

#include <optional>

#include "frontend/names.h"
#include "frontend/scopes.h"
#include "frontend/typed.h"

namespace tcc {

/// Appends the nodes of a definition's value: weak expressions as literals and sizes of the type
/// that their users want, conversions where types differ. Returns the root; nothing after a
/// report of a literal that does not fit its type (2.4).
std::optional<checked::NodeId> emit_checked(const syntax::Program& program,
                                            const syntax::Definition& definition,
                                            const Scopes& scopes, const TypedDefinition& typed,
                                            const Names& names, checked::Program& checked,
                                            Diagnostics& diagnostics);

}  // namespace tcc

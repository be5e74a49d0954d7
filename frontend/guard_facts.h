// What the branches around a read say about index variables (language section 6.4).
#pragma once

#include <vector>

#include "frontend/scopes.h"
#include "frontend/typed.h"

namespace tcc {

/// Sums of variables that are at least 0 wherever all of `branches` are taken: `i - 1` of
/// `where(i > 0, .., ..)`. Only conjunctions of comparisons are read; the rest says nothing.
std::vector<Affine> facts_of(const syntax::Program& program, const TypedDefinition& typed,
                             const std::vector<Branch>& branches);

}  // namespace tcc

// Sums of index variables with sizes as coefficients.
#pragma once

#include <optional>

#include "frontend/typed.h"

namespace tcc {

Affine sum(Affine a, const Affine& b);
Affine scaled(const Affine& affine, const Extent& factor);
inline Affine difference(Affine a, const Affine& b) { return sum(std::move(a), scaled(b, -1)); }

/// Of an integer scalar in index notation; nothing where it is no such sum.
std::optional<Affine> affine_of(const Typed& typed);

}  // namespace tcc

// Whether conditions on indices hold: what decides on guards.
#pragma once

#include "ir/affine/bounds.h"

namespace tcc::ir {

enum class Verdict : std::uint8_t { proven, refuted, unknown };

/// Whether a condition holds for every value of the variables in their ranges, given the facts.
/// Sizes are at least 0. `refuted`: false for some value. Sound, overflow included: index
/// arithmetic is assumed not to leave 64 bits, which the checker's size limits guarantee.
Verdict prove(const Expr& condition, const VarRanges& ranges, const Facts& facts);

}  // namespace tcc::ir

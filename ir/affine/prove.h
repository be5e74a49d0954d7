// Whether conditions on indices hold: what decides on guards.
//
// Assumed: index arithmetic does not leave 64 bits. The checker refuses tensors of 2^62 bytes and
// more, so that sums of indices, extents and their products as nests have them stay inside.
// Conditions that read memory are not proven: such values may be anything, and sums with them may
// wrap. Coefficients that leave 64 bits on the way are noticed, and give `unknown`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/affine/bounds.h"
#include "ir/affine/counterexample.h"

namespace tcc::ir {

enum class Verdict : std::uint8_t { proven, refuted, unknown };

/// Whether a condition holds for every value of the variables in their ranges, given the facts and
/// the assumptions: conditions known to hold, as of the guards around. Sizes are at least 0; where
/// a range is empty, nothing is claimed, so that each is taken to have a value.
/// `refuted`: it holds for no value.
Verdict prove(const Expr& condition, const VarRanges& ranges, const Facts& facts,
              const std::vector<Expr>& assumptions = {});

/// The same for a condition whose parts are simple: no rule is applied to it. What the conditions
/// of rules are proven by.
Verdict prove_as_it_is(const Expr& condition, const Knowledge& knowledge);

/// Whether evaluating the expression reads memory: such a condition holds only where it stands.
bool reads_memory(const Expr& expr);

/// A verdict with its grounds. Here `refuted` is: false for some value.
struct Proof {
  Verdict verdict;
  std::vector<std::string> reasons;       ///< proven: "i.o <= (N + 7) // 8 - 1", ..
  std::optional<Counterexample> example;  ///< refuted: values for which it is false, if found
};

/// prove() with its reasons or, where it does not hold, the result of a search for values that
/// show it. For people: it costs a search.
Proof explain(const Expr& condition, const VarRanges& ranges, const Facts& facts,
              const std::vector<Expr>& assumptions = {});

/// "proven: i.o <= M - 1", "false at M = 1, i.o = 0", "neither proven nor refuted".
std::string print(const Proof& proof);

/// The facts together with what a condition on sizes says, where facts have that form: `M >= 512`,
/// `M < 8`, `N == 12`, `N % 16 == 0`, and conjunctions of these. Other parts add nothing.
Facts facts_from(const Expr& condition, Facts facts);

/// The facts together with what follows from no range being empty, as where all loops are entered.
Facts facts_inside(const VarRanges& ranges, Facts facts);

}  // namespace tcc::ir

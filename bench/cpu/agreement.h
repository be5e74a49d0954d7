// Whether a peer computed what we did: nothing is timed that does something else.
#pragma once

#include <string>

#include "bench/cpu/work.h"

namespace bench {

/// Makes every element of a result NaN, so that a contender that writes none of it is found out.
void spoil(const Operand& result, void* values);

/// "" where `theirs` is `ours` within the work's tolerance: no element differs by more than that
/// share of its own size and the root mean square of all, which sums of any signs are measured by.
/// Else the place that differs most, with both values.
std::string disagreement(const Work& work, const void* ours, const void* theirs);

}  // namespace bench

// Definitions that read at indices which are read themselves: E[t, d] = table[ids[t], d].
//
// Rules, with their reasons:
// - the last axis is vectorized, as of elementwise definitions: along it the index mostly stays the
//   same, and a row of the table is copied; where it does not, the processor's gather reads lanes
#include "ir/schedulers/arrangement.h"

namespace tcc::ir {

Arrangement arrange_gather(const LoopsOfDefinition& loops, const Target& target) {
  return arrange_elementwise(loops, target);
}

}  // namespace tcc::ir

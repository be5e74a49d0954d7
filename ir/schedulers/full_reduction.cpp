// Reductions to one number.
//
// Rules, with their reasons:
// - nothing to do yet: the order of the terms is one chain
#include "ir/schedulers/arrangement.h"

namespace tcc::ir {

Arrangement arrange_full_reduction(const LoopsOfDefinition&, const Target&) { return {}; }

}  // namespace tcc::ir

// What stays as it is: nests of more loops than can be split, reductions without a pattern, and
// scans and sorts, whose steps need the ones before.
#include "ir/schedulers/arrangement.h"

namespace tcc::ir {

Arrangement arrange_nothing() { return {}; }

}  // namespace tcc::ir

// Reductions to one number.
//
// Rules, with their reasons:
// - terms are added in lanes, eight registers of them: a chain of additions would wait four cycles
//   for each, and read a fraction of what memory gives
// - where that is not allowed, by --strict, the one chain stays
// - it runs on one thread: there is no loop that does not carry the sum. Chunks of a fixed length,
//   by rfactor, would be one where the length is open as well, but a short sum would then run
//   through all iterations of a chunk
#include "ir/schedulers/lanes.h"

namespace tcc::ir {

Arrangement arrange_full_reduction(const LoopsOfDefinition& loops, const Target& target) {
  Arrangement arrangement;
  if (auto reduce = reduce_in_lanes(loops, target)) arrangement.loops = {std::move(*reduce)};
  return arrangement;
}

}  // namespace tcc::ir

// Guards, each with the reason for which it is there.
#include "ir/rewrites/guard.h"

#include "ir/affine/counterexample.h"
#include "ir/affine/prove.h"

namespace tcc::ir {

Stmt guarded(IndexedProgram& program, Stmt body, const Guard& guard) {
  if (prove(guard.condition, guard.ranges, program->facts) == Verdict::proven) return body;
  const auto example = counterexample(guard.condition, guard.ranges, program->facts);
  const OriginId origin = program.origins().from_rewrite(
      std::string(guard.rewrite), {guard.parent},
      example ? "false at " + print(*example) : "neither proven nor refuted");
  return make_if(guard.condition, std::move(body), origin);
}

}  // namespace tcc::ir

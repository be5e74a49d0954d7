// Guards, each with the reason for which it is there.
#include "ir/rewrites/guard.h"

#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// Walks a nest with what is known at each statement.
class GuardSettler {
 public:
  explicit GuardSettler(LoopProgram& program) : program_(program) {}

  Stmt visit(const Stmt& stmt) {
    if (const For* loop = as<For>(stmt)) {
      const VarId var = as<Var>(loop->var)->id;
      ranges_[var] = {loop->begin, loop->extent};
      Stmt inside = visit_below(stmt);
      ranges_.erase(var);
      return inside;
    }
    const If* guard = as<If>(stmt);
    if (!guard) return visit_below(stmt);
    const std::string& why = program_.origins[stmt->origin].unproven;
    OriginId origin = stmt->origin;
    if (!why.empty()) {
      const Proof proof = explain(guard->condition, ranges_, program_.facts, guards_);
      if (proof.verdict == Verdict::proven) return visit(guard->body);
      const std::string now = print(proof);
      if (now != why) {
        const std::string rewrite = program_.origins[origin].rewrite;
        origin = program_.origins.from_rewrite(rewrite, {origin}, now);
      }
    }
    guards_.push_back(guard->condition);
    const Stmt inside = visit_below(stmt);
    guards_.pop_back();
    return origin == stmt->origin ? inside
                                  : make_if(guard->condition, as<If>(inside)->body, origin);
  }

 private:
  Stmt visit_below(const Stmt& stmt) {
    return map_statements(stmt, [this](const Stmt& inner) { return visit(inner); });
  }

  LoopProgram& program_;
  VarRanges ranges_;
  std::vector<Expr> guards_;  ///< conditions around
};

bool has_reasons(const LoopProgram& program, const Stmt& body) {
  bool found = false;
  for_each_statement(
      body, [&](const Stmt& stmt) { found |= !program.origins[stmt->origin].unproven.empty(); });
  return found;
}

}  // namespace

Stmt guarded(IndexedProgram& program, Stmt body, const Guard& guard) {
  const Expr condition = simplify(guard.condition);
  if (prove(condition, guard.ranges, program->facts) == Verdict::proven) return body;
  const OriginId origin =
      program.origins().from_rewrite(std::string(guard.rewrite), {guard.parent}, "not settled yet");
  return make_if(condition, std::move(body), origin);
}

void settle_guards(LoopProgram& program) {
  for (std::size_t k = 0; k < program.kernels.size(); ++k) {
    if (!has_reasons(program, program.kernels[k].body)) continue;
    program.kernels[k].body = GuardSettler(program).visit(program.kernels[k].body);
  }
}

}  // namespace tcc::ir

// Guards stand as far out as their variables allow, once.
#include "ir/passes/place_guards.h"

#include <algorithm>
#include <utility>

#include "ir/passes/conditions.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// A statement and what must hold for it to be run. Null where it is never run.
struct Guarded {
  std::vector<Expr> conjuncts;
  Stmt body;
  OriginId origin;         ///< of the guard
  std::vector<Stmt> more;  ///< what joins the body under the same guard

  void close() {
    if (more.empty()) return;
    more.insert(more.begin(), body);
    body = make_block(std::exchange(more, {}), body->origin);
  }

  Stmt statement() const {
    if (conjuncts.empty() || !body) return body;
    return make_if(conjunction(conjuncts), body, origin);
  }
};

bool declares(const Stmt& stmt) { return as<Let>(stmt) || as<Allocate>(stmt); }

class GuardPlacer {
 public:
  explicit GuardPlacer(const Facts& facts) : facts_(facts) {}

  Stmt place(const Stmt& stmt) { return split_guard(stmt).statement(); }

 private:
  /// The statement with its guards placed, the outermost one apart.
  Guarded split_guard(const Stmt& stmt) {
    if (const If* guard = as<If>(stmt)) return split_if(stmt, *guard);
    if (const For* loop = as<For>(stmt)) return split_loop(stmt, *loop);
    if (const Block* block = as<Block>(stmt)) return split_block(stmt, *block);
    return {{}, stmt, stmt->origin, {}};
  }

  Guarded split_if(const Stmt& stmt, const If& guard) {
    if (reads_memory(guard.condition)) {
      const Stmt body = place(guard.body);
      if (body == guard.body) return {{}, stmt, stmt->origin, {}};
      return {{}, body ? make_if(guard.condition, body, stmt->origin) : nullptr, stmt->origin, {}};
    }
    const std::size_t around = known_.size();
    std::vector<Expr> kept;
    for (const Expr& conjunct : conjuncts(guard.condition)) {
      if (follows(conjunct, known_, ranges_, facts_)) continue;
      kept.push_back(conjunct);
      known_.push_back(conjunct);
    }
    Guarded inner = split_guard(guard.body);
    known_.resize(around);
    kept.insert(kept.end(), inner.conjuncts.begin(), inner.conjuncts.end());
    return {std::move(kept), inner.body, stmt->origin, {}};
  }

  Guarded split_loop(const Stmt& stmt, const For& loop) {
    const VarId var = as<Var>(loop.var)->id;
    ranges_[var] = {loop.begin, loop.extent};
    Guarded inner = split_guard(loop.body);
    ranges_.erase(var);
    if (!inner.body) return {{}, nullptr, stmt->origin, {}};
    Guarded outer = {{}, {}, inner.origin, {}};
    std::vector<Expr> own;
    for (const Expr& conjunct : inner.conjuncts)
      (uses_var(conjunct, var) ? own : outer.conjuncts).push_back(conjunct);
    const bool stays = outer.conjuncts.empty();
    inner.conjuncts = std::move(own);
    const Stmt body = stays && is_as_before(inner, loop.body) ? loop.body : inner.statement();
    outer.body = body == loop.body ? stmt
                                   : make_for(loop.var, loop.begin, loop.extent, loop.kind,
                                              loop.stage, body, stmt->origin);
    return outer;
  }

  /// Whether the guard stands there already: the very same nodes spare a rebuild of what is around.
  static bool is_as_before(const Guarded& guarded, const Stmt& before) {
    const If* guard = as<If>(before);
    if (!guard) return guarded.conjuncts.empty() && guarded.body == before;
    const std::vector<Expr> all = conjuncts(guard->condition);
    return guarded.body == guard->body && all.size() == guarded.conjuncts.size() &&
           std::equal(all.begin(), all.end(), guarded.conjuncts.begin(),
                      [](const Expr& a, const Expr& b) { return a.same_as(b); });
  }

  Guarded split_block(const Stmt& stmt, const Block& block) {
    std::vector<Guarded> parts;
    bool changed = false;
    for (const Stmt& inner : block.statements) {
      Guarded part = split_guard(inner);
      if (!part.body) {
        changed = true;
        continue;
      }
      if (is_as_before(part, inner))
        part = {{}, inner, inner->origin, {}};
      else
        changed = true;
      if (!parts.empty() && joins(parts.back(), part))
        changed = true;
      else
        parts.push_back(std::move(part));
    }
    for (Guarded& part : parts)
      part.close();
    return assemble(stmt, std::move(parts), changed);
  }

  /// `if c { a }; if c { b }` is `if c { a; b }`: no store changes what reads no memory.
  static bool joins(Guarded& before, const Guarded& next) {
    const Guarded left = opened(before), right = opened(next);
    if (left.conjuncts.empty() || left.conjuncts.size() != right.conjuncts.size()) return false;
    for (const Expr& conjunct : right.conjuncts) {
      if (!follows(conjunct, left.conjuncts, {}, {})) return false;
    }
    for (const Expr& conjunct : left.conjuncts) {
      if (!follows(conjunct, right.conjuncts, {}, {})) return false;
    }
    before.conjuncts = left.conjuncts;
    before.body = left.body;
    before.origin = left.origin;
    before.more.push_back(right.body);
    return true;
  }

  /// A guard that was left as it is, taken apart.
  static Guarded opened(const Guarded& guarded) {
    const If* guard = guarded.conjuncts.empty() ? as<If>(guarded.body) : nullptr;
    if (!guard || reads_memory(guard->condition)) return guarded;
    return {conjuncts(guard->condition), guard->body, guarded.body->origin, {}};
  }

  /// Where a block only declares before one guarded statement, the guard is that of the block,
  /// but for what uses its declarations.
  static Guarded assemble(const Stmt& stmt, std::vector<Guarded> parts, bool changed) {
    if (parts.empty()) return {{}, changed ? nullptr : stmt, stmt->origin, {}};
    Guarded whole = {{}, stmt, stmt->origin, {}};
    const bool guards_all = std::all_of(parts.begin(), parts.end() - 1, [](const Guarded& part) {
      return part.conjuncts.empty() && declares(part.body);
    });
    if (guards_all) {
      Guarded last = opened(parts.back());
      std::vector<Expr> own;
      for (const Expr& conjunct : last.conjuncts)
        (uses_declared(conjunct, parts) ? own : whole.conjuncts).push_back(conjunct);
      whole.origin = last.origin;
      if (!whole.conjuncts.empty()) {
        last.conjuncts = std::move(own);
        parts.back() = std::move(last);
        changed = true;
      }
    }
    if (!changed) return whole;
    std::vector<Stmt> statements;
    for (const Guarded& part : parts)
      statements.push_back(part.statement());
    whole.body = make_block(std::move(statements), stmt->origin);
    return whole;
  }

  static bool uses_declared(const Expr& conjunct, const std::vector<Guarded>& parts) {
    return std::any_of(parts.begin(), parts.end(), [&](const Guarded& part) {
      const Let* let = as<Let>(part.body);
      return let && uses_var(conjunct, as<Var>(let->var)->id);
    });
  }

  const Facts& facts_;
  VarRanges ranges_;         ///< of the loops around
  std::vector<Expr> known_;  ///< conjuncts of the guards around
};

}  // namespace

LoopProgram place_guards(LoopProgram program, const PassOptions&) {
  for (Kernel& kernel : program.kernels) {
    const Stmt body = GuardPlacer(program.facts).place(kernel.body);
    kernel.body = body ? body : make_block({}, kernel.origin);
  }
  return program;
}

}  // namespace tcc::ir

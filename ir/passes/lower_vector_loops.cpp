// Vector loops become ramps and masks.
#include "ir/passes/lower_vector_loops.h"

#include <algorithm>

#include "dsl/diagnostic.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// Rewrites the body of one vector loop, lane by lane. Variables that differ between lanes are
/// mapped to vectors; everything else stays scalar and is broadcast where it meets a vector.
class Widener {
 public:
  Widener(Substitution vectors, std::uint16_t lanes, OriginId origin)
      : vectors_(std::move(vectors)), lanes_(lanes), origin_(origin) {}

  Stmt widen(const Stmt& stmt) {
    return match(
        stmt,
        [&](const For& loop) {
          return make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage,
                          widen(loop.body), stmt->origin);
        },
        [&](const If& guard) { return widen_guard(guard, stmt->origin); },
        [&](const Let& let) {
          const Expr value = widen(let.value);
          if (!value->type.is_vector()) return make_let(let.var, value, stmt->origin);
          const Var& var = *as<Var>(let.var);
          const Expr vector = make_var(var.id, var.name, let.var->origin, value->type);
          vectors_[var.id] = vector;
          return make_let(vector, value, stmt->origin);
        },
        [&](const Block& block) {
          std::vector<Stmt> statements;
          for (const Stmt& inner : block.statements)
            statements.push_back(widen(inner));
          return make_block(std::move(statements), stmt->origin);
        },
        [&](const Store& store) { return widen_store(store, stmt->origin); },
        [&](const Prefetch&) -> Stmt { bug("a prefetch inside a vector loop"); },
        [&](const Allocate&) -> Stmt { bug("an allocation inside a vector loop"); },
        [&](const Assert&) -> Stmt { bug("an assertion inside a vector loop"); });
  }

 private:
  /// Conjuncts that are the same in all lanes guard as before; the others mask.
  Stmt widen_guard(const If& guard, OriginId origin) {
    Expr uniform;
    const Expr mask_before = mask_;
    auto conjoin = [&](const Expr& all, const Expr& one) {
      return all ? make_binary(Op::logical_and, all, one, origin) : one;
    };
    for (const Expr& conjunct : conjuncts(guard.condition)) {
      const Expr wide = widen(conjunct);
      if (wide->type.is_vector())
        mask_ = conjoin(mask_, wide);
      else
        uniform = conjoin(uniform, wide);
    }
    Stmt body = widen(guard.body);
    mask_ = mask_before;
    return uniform ? make_if(uniform, std::move(body), origin) : body;
  }

  Stmt widen_store(const Store& store, OriginId origin) {
    std::vector<Expr> indices;
    for (const Expr& index : store.indices)
      indices.push_back(widen(index));
    const bool differs = std::any_of(indices.begin(), indices.end(),
                                     [](const Expr& index) { return index->type.is_vector(); });
    if (!differs) bug("the lanes of a vector loop store to one element");
    const Expr own = store.predicate ? widen(store.predicate) : Expr();
    return make_store(store.buffer, std::move(indices), to_lanes(widen(store.value)), origin,
                      masked(own));
  }

  /// The mask of the guards around, together with an access's own predicate.
  Expr masked(const Expr& own) {
    if (!own) return mask_;
    const Expr wide = to_lanes(own);
    return mask_ ? make_binary(Op::logical_and, mask_, wide, origin_) : wide;
  }

  Expr to_lanes(const Expr& expr) {
    return expr->type.is_vector() ? expr : make_broadcast(expr, lanes_, expr->origin);
  }

  Expr widen(const Expr& root) {
    std::map<const ExprNode*, Expr> done;
    for (const Expr& node : post_order(root))
      done[node.get()] = widen_node(node, done);
    return done.at(root.get());
  }

  Expr widen_node(const Expr& node, const std::map<const ExprNode*, Expr>& done) {
    if (const Var* var = as<Var>(node)) {
      const auto found = vectors_.find(var->id);
      return found == vectors_.end() ? node : found->second;
    }
    bool differs = false;
    for_each_child(*node,
                   [&](const Expr& child) { differs |= done.at(child.get())->type.is_vector(); });
    if (const Load* load = as<Load>(node)) return widen_load(node, *load, done);
    return map_children(node, [&](const Expr& child) {
      const Expr& wide = done.at(child.get());
      return differs ? to_lanes(wide) : wide;
    });
  }

  Expr widen_load(const Expr& node, const Load& load, const std::map<const ExprNode*, Expr>& done) {
    std::vector<Expr> indices;
    bool differs = false;
    for (const Expr& index : load.indices) {
      indices.push_back(done.at(index.get()));
      differs |= indices.back()->type.is_vector();
    }
    Expr predicate = load.predicate ? done.at(load.predicate.get()) : Expr();
    if (!differs && predicate && predicate->type.is_vector()) {  // one element, in some lanes
      if (indices.empty()) bug("a guarded read of a scalar");
      indices.back() = to_lanes(indices.back());
      differs = true;
    }
    if (differs) predicate = masked(predicate);
    return make_load(node->type.dtype, load.buffer, std::move(indices), node->origin, predicate);
  }

  Substitution vectors_;
  std::uint16_t lanes_;
  OriginId origin_;
  Expr mask_;
};

Stmt lower_loop(const Stmt& stmt, const For& loop, OriginTable& origins) {
  const auto extent = constant_of(loop.extent);
  if (!extent) bug("a vector loop without a constant extent");
  const VarId var = as<Var>(loop.var)->id;
  if (*extent == 1) return substitute(loop.body, {{var, loop.begin}});
  const auto lanes = static_cast<std::uint16_t>(*extent);
  const OriginId origin = origins.from_rewrite("lower_vector_loops", {stmt->origin});
  const Expr ramp = make_ramp(loop.begin, make_int(1, origin), lanes, origin);
  return Widener({{var, ramp}}, lanes, origin).widen(loop.body);
}

}  // namespace

LoopProgram lower_vector_loops(LoopProgram program, const PassOptions&) {
  for (Kernel& kernel : program.kernels) {
    kernel.body = rewrite(kernel.body, {}, [&](const Stmt& stmt) {
      const For* loop = as<For>(stmt);
      const bool is_vector = loop && loop->kind == ForKind::vector;
      return is_vector ? lower_loop(stmt, *loop, program.origins) : stmt;
    });
  }
  return program;
}

}  // namespace tcc::ir

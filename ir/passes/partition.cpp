// A tile that lies inside the tensor as a whole is computed without guards.
#include "ir/passes/partition.h"

#include <algorithm>
#include <map>
#include <set>

#include "ir/affine/bounds.h"
#include "ir/affine/simplify.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

Expr conjunction(const std::vector<Expr>& all) {
  Expr result = all.front();
  for (std::size_t n = 1; n < all.size(); ++n)
    result = make_binary(Op::logical_and, result, all[n], result->origin);
  return result;
}

/// The guards below one loop that can be told before its body is run.
class Guards {
 public:
  Guards(const For& loop, OriginId origin) : origin_(origin) { visit(loop.body); }

  /// What makes all of them hold; empty where none is inside a reduction.
  std::vector<Expr> wholes() const { return saves_ ? wholes_ : std::vector<Expr>(); }

  /// Whether a conjunct of a guard holds where wholes() do.
  bool is_told(const Expr& conjunct) const { return told_.contains(conjunct.get()); }

 private:
  void visit(const Stmt& stmt) {
    if (const Let* let = as<Let>(stmt)) inside_.push_back(as<Var>(let->var)->id);
    const For* loop = as<For>(stmt);
    const bool reduces = loop && carries_reduction(*loop);
    if (loop) {
      const VarId var = as<Var>(loop->var)->id;
      inside_.push_back(var);
      if (constant_of(loop->extent).value_or(0) >= 1) ranges_[var] = {loop->begin, loop->extent};
    }
    reductions_around_ += reduces ? 1 : 0;
    if (const If* guard = as<If>(stmt)) {
      for (const Expr& conjunct : conjuncts(guard->condition))
        tell(conjunct);
    }
    map_statements(stmt, [&](const Stmt& inner) {
      visit(inner);
      return inner;
    });
    if (loop) ranges_.erase(as<Var>(loop->var)->id);
    reductions_around_ -= reduces ? 1 : 0;
  }

  void tell(const Expr& conjunct) {
    const Expr whole = strictest(conjunct);
    if (!whole) return;
    told_.insert(conjunct.get());
    saves_ |= reductions_around_ > 0;
    const bool known = std::any_of(wholes_.begin(), wholes_.end(),
                                   [&](const Expr& other) { return same(other, whole); });
    if (!known) wholes_.push_back(whole);
  }

  /// `condition` for the values of the variables at which it is hardest to meet; null where that
  /// depends on what is inside the loop.
  Expr strictest(const Expr& condition) const {
    const Binary* binary = as<Binary>(condition);
    const bool less = binary && (binary->op == Op::less || binary->op == Op::less_equal);
    const bool greater = binary && (binary->op == Op::greater || binary->op == Op::greater_equal);
    if ((!less && !greater) || binary->lhs->type != ValueType{}) return {};
    const auto left = interval_of(binary->lhs, ranges_, origin_);
    const auto right = interval_of(binary->rhs, ranges_, origin_);
    if (!left || !right) return {};
    const Expr whole = make_binary(binary->op, less ? left->highest : left->lowest,
                                   less ? right->lowest : right->highest, origin_);
    const bool outside = std::none_of(inside_.begin(), inside_.end(),
                                      [&](VarId var) { return uses_var(whole, var); });
    return outside && !reads_memory(whole) ? whole : Expr();
  }

  static bool same(const Expr& a, const Expr& b) {
    const Binary& left = *as<Binary>(a);
    const Binary& right = *as<Binary>(b);
    return left.op == right.op && same_value(left.lhs, right.lhs) &&
           same_value(left.rhs, right.rhs);
  }

  static bool reads_memory(const Expr& expr) {
    const std::vector<Expr> nodes = post_order(expr);
    return std::any_of(nodes.begin(), nodes.end(),
                       [](const Expr& node) { return as<Load>(node) != nullptr; });
  }

  OriginId origin_;
  VarRanges ranges_;  ///< of the loops of constant extent around the statement
  std::vector<VarId> inside_;
  std::vector<Expr> wholes_;
  std::set<const ExprNode*> told_;
  int reductions_around_ = 0;
  bool saves_ = false;
};

/// Copies statements without the guards that are told, with variables and buffers of its own.
class Unguarded {
 public:
  Unguarded(LoopProgram& program, const Guards& guards) : program_(program), guards_(guards) {}

  Stmt copy(const Stmt& stmt) {
    if (const Allocate* allocate = as<Allocate>(stmt)) {
      return make_allocate(fresh(allocate->buffer), stmt->origin);
    }
    if (const If* guard = as<If>(stmt)) return copy_guard(*guard, stmt->origin);
    const Stmt own = map_expressions(stmt, [this](const Expr& expr) { return renamed(expr); });
    if (const For* loop = as<For>(own)) {
      const Expr var = fresh(loop->var);
      return make_for(var, loop->begin, loop->extent, loop->kind, own_buffer(loop->stage),
                      copy(loop->body), stmt->origin);
    }
    if (const Let* let = as<Let>(own)) return make_let(fresh(let->var), let->value, stmt->origin);
    if (const Store* store = as<Store>(own)) {
      return make_store(own_buffer(store->buffer), store->indices, store->value, stmt->origin,
                        store->predicate);
    }
    const Block* block = as<Block>(own);
    if (!block) return own;
    std::vector<Stmt> statements;
    for (const Stmt& inner : block->statements)
      statements.push_back(copy(inner));
    return make_block(std::move(statements), stmt->origin);
  }

 private:
  Stmt copy_guard(const If& guard, OriginId origin) {
    std::vector<Expr> left;
    for (const Expr& conjunct : conjuncts(guard.condition)) {
      if (!guards_.is_told(conjunct)) left.push_back(renamed(conjunct));
    }
    Stmt body = copy(guard.body);
    return left.empty() ? body : make_if(conjunction(left), std::move(body), origin);
  }

  Expr renamed(const Expr& expr) const {
    return rewrite(expr, [this](const Expr& node) {
      if (const Var* var = as<Var>(node)) {
        const auto found = variables_.find(var->id);
        return found == variables_.end() ? node : found->second;
      }
      const Load* load = as<Load>(node);
      if (!load || !buffers_.contains(load->buffer)) return node;
      return make_load(node->type.dtype, own_buffer(load->buffer), load->indices, node->origin,
                       load->predicate);
    });
  }

  Expr fresh(const Expr& var) {
    const Var& old = *as<Var>(var);
    return variables_[old.id] = make_var(program_.fresh_var(), old.name, var->origin, var->type);
  }

  BufferId fresh(BufferId old) {
    const BufferId id{static_cast<std::uint32_t>(program_.buffers.size())};
    Buffer buffer = program_[old];
    buffer.name += ".whole";
    program_.buffers.push_back(std::move(buffer));
    return buffers_[old] = id;
  }

  BufferId own_buffer(BufferId old) const {
    const auto found = buffers_.find(old);
    return found == buffers_.end() ? old : found->second;
  }

  LoopProgram& program_;
  const Guards& guards_;
  Substitution variables_;
  std::map<BufferId, BufferId> buffers_;
};

Stmt partition_loop(LoopProgram& program, const Stmt& stmt) {
  const For& loop = *as<For>(stmt);
  const OriginId origin = program.origins.from_rewrite("partition", {stmt->origin});
  const Guards guards(loop, origin);
  const std::vector<Expr> wholes = guards.wholes();
  if (wholes.empty()) return stmt;
  const Expr whole = conjunction(wholes);
  Stmt body = make_block({make_if(whole, Unguarded(program, guards).copy(loop.body), origin),
                          make_if(make_unary(Op::logical_not, whole, origin), loop.body, origin)},
                         origin);
  return make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage, std::move(body),
                  stmt->origin);
}

bool has_guards(const Stmt& body) {
  bool found = false;
  for_each_statement(body, [&](const Stmt& stmt) { found |= as<If>(stmt) != nullptr; });
  return found;
}

/// Inner loops first: where one of them is partitioned, those around it are not.
Stmt visit(LoopProgram& program, const Stmt& stmt) {
  const Stmt inside =
      map_statements(stmt, [&](const Stmt& inner) { return visit(program, inner); });
  const For* loop = as<For>(inside);
  const bool chosen = inside == stmt && loop && has_guards(loop->body) &&
                      !carries_reduction(*loop) &&
                      (loop->kind == ForKind::serial || loop->kind == ForKind::parallel);
  return chosen ? partition_loop(program, inside) : inside;
}

}  // namespace

LoopProgram partition(LoopProgram program, const PassOptions&) {
  for (std::size_t k = 0; k < program.kernels.size(); ++k)
    program.kernels[k].body = visit(program, program.kernels[k].body);
  return program;
}

}  // namespace tcc::ir

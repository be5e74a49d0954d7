// A tile that lies inside the tensor as a whole is computed without guards.
#include "ir/passes/partition.h"

#include <algorithm>
#include <map>
#include <set>

#include "ir/affine/bounds.h"
#include "ir/affine/simplify.h"
#include "ir/passes/conditions.h"
#include "ir/passes/unguarded_copy.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

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

  OriginId origin_;
  VarRanges ranges_;  ///< of the loops of constant extent around the statement
  std::vector<VarId> inside_;
  std::vector<Expr> wholes_;
  std::set<const ExprNode*> told_;
  int reductions_around_ = 0;
  bool saves_ = false;
};

Stmt partition_loop(LoopProgram& program, const Stmt& stmt) {
  const For& loop = *as<For>(stmt);
  const OriginId origin = program.origins.from_rewrite("partition", {stmt->origin});
  const Guards guards(loop, origin);
  const std::vector<Expr> wholes = guards.wholes();
  if (wholes.empty()) return stmt;
  const Expr whole = conjunction(wholes);
  UnguardedCopy copy(program, [&](const Expr& node) { return guards.is_told(node); });
  Stmt body = make_block({make_if(whole, copy.copy(loop.body), origin),
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

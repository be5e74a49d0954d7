// What a loop computes alike in each iteration is computed before it.
#include "ir/passes/hoist_invariants.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "ir/operands.h"
#include "ir/passes/conditions.h"
#include "ir/passes/expression_cost.h"
#include "ir/passes/splice.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

using Buffers = std::unordered_set<std::uint32_t>;

/// The loops around a statement are numbered from 1, outermost first; what is declared outside of
/// all of them has level 0.
class InvariantHoister {
 public:
  explicit InvariantHoister(LoopProgram& program) : program_(program) {}

  Stmt visit(const Stmt& stmt) {
    if (const For* loop = as<For>(stmt)) return visit_loop(stmt, *loop);
    if (const Let* let = as<Let>(stmt)) declare(let->var);
    if (const Store* store = as<Store>(stmt)) {
      for (Buffers& stored : stored_in_)
        stored.insert(store->buffer.value);
    }
    const auto visit_inner = [this](const Stmt& inner) { return visit(inner); };
    const Block* block = as<Block>(stmt);
    return block ? map_and_splice(stmt, *block, visit_inner) : map_statements(stmt, visit_inner);
  }

 private:
  void declare(const Expr& var) { level_of_[as<Var>(var)->id.value] = level(); }
  int level() const { return static_cast<int>(stored_in_.size()); }

  Stmt visit_loop(const Stmt& stmt, const For& loop) {
    stored_in_.emplace_back();
    declare(loop.var);
    const Stmt body = visit(loop.body);
    Stmt result = body == loop.body ? stmt
                                    : make_for(loop.var, loop.begin, loop.extent, loop.kind,
                                               loop.stage, body, stmt->origin);
    const bool in_order = loop.kind == ForKind::serial || loop.kind == ForKind::unrolled;
    if (in_order) result = hoist(result, *as<For>(result));
    stored_in_.pop_back();
    return result;
  }

  /// The loop with what moves before it.
  Stmt hoist(const Stmt& stmt, const For& loop) {
    moved_.clear();
    bound_.clear();
    may_load_ = true;
    const If* guard = tests_.contains(loop.body.get()) ? as<If>(loop.body) : nullptr;
    const bool has_test = guard && is_invariant(guard->condition);
    const Stmt before = has_test ? guard->body : loop.body;
    const Stmt body = strip(before);
    if (!has_test && moved_.empty()) return stmt;
    const OriginId origin = program_.origins.from_rewrite("hoist_invariants", {stmt->origin});
    const Stmt rest = body ? body : make_block({}, origin);
    Stmt result =
        make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage, rest, stmt->origin);
    if (!moved_.empty()) {
      std::vector<Stmt> statements = std::exchange(moved_, {});
      statements.push_back(std::move(result));
      result = make_block(std::move(statements), origin);
      const Expr is_run = make_binary(Op::greater, loop.extent, make_int(0, origin), origin);
      if (!is_proven(is_run, {}, program_.facts)) result = tested(is_run, std::move(result));
    }
    return has_test ? tested(guard->condition, std::move(result)) : result;
  }

  Stmt tested(const Expr& condition, Stmt body) {
    const Stmt result = make_if(condition, std::move(body), condition->origin);
    tests_.insert(result.get());
    kept_.push_back(result);
    return result;
  }

  /// The statement without what moves out of the innermost loop that is open; null where it was a
  /// let that moves.
  Stmt strip(const Stmt& stmt) {
    if (as<Block>(stmt))
      return map_statements(stmt, [this](const Stmt& inner) { return strip(inner); });
    if (as<Assert>(stmt)) {
      may_load_ = false;
      return stmt;
    }
    if (const Let* let = as<Let>(stmt)) {
      if (is_invariant(let->value)) {
        level_of_[as<Var>(let->var)->id.value] = level() - 1;
        moved_.push_back(stmt);
        return nullptr;
      }
    }
    return map_expressions(stmt, [this](const Expr& expr) { return strip(expr); });
  }

  Expr strip(const Expr& root) {
    if (is_leaf(root)) return root;
    const std::vector<Expr> order = post_order(root);
    std::unordered_map<const ExprNode*, Kind> kinds(order.size());
    bool any = false;
    for (const Expr& node : order)
      any |= classify(node, kinds).cost >= worth_a_variable;
    if (!any) return root;
    return replaced(root, kinds);
  }

  /// Of a node: the cost of what it computes, negative where it changes from one iteration to the
  /// next.
  struct Kind {
    int cost = 0;
  };
  static constexpr int varies = -1;

  Kind classify(const Expr& node, std::unordered_map<const ExprNode*, Kind>& kinds) const {
    int cost = cost_of(node);
    if (const Var* var = as<Var>(node)) {
      const auto found = level_of_.find(var->id.value);
      if (found != level_of_.end() && found->second >= level()) cost = varies;
    }
    const Load* load = as<Load>(node);
    if (load && (!may_load_ || stored_in_.back().contains(load->buffer.value))) cost = varies;
    visit_operands(*node, [&](const Expr& operand) {
      const int own = kinds.at(operand.get()).cost;
      cost = cost < 0 || own < 0 ? varies : std::min(cost + own, 1000);
    });
    return kinds[node.get()] = {cost};
  }

  bool is_invariant(const Expr& root) const {
    std::unordered_map<const ExprNode*, Kind> kinds;
    for (const Expr& node : post_order(root)) {
      if (classify(node, kinds).cost < 0) return false;
    }
    return true;
  }

  /// The largest invariant parts that are worth it become variables.
  Expr replaced(const Expr& root, const std::unordered_map<const ExprNode*, Kind>& kinds) {
    std::unordered_map<const ExprNode*, Expr> done;
    for (const Expr& node : largest_parts(root, kinds))
      done.emplace(node.get(), bound(node));
    if (done.empty()) return root;
    for (const Expr& node : post_order(root)) {
      if (done.contains(node.get())) continue;
      done.emplace(node.get(),
                   map_children(node, [&](const Expr& operand) { return done.at(operand.get()); }));
    }
    return done.at(root.get());
  }

  static std::vector<Expr> largest_parts(const Expr& root,
                                         const std::unordered_map<const ExprNode*, Kind>& kinds) {
    std::vector<Expr> parts;
    std::vector<const Expr*> open = {&root};
    std::unordered_set<const ExprNode*> seen;
    while (!open.empty()) {
      const Expr& node = *open.back();
      open.pop_back();
      if (is_leaf(node) || !seen.insert(node.get()).second) continue;
      const int cost = kinds.at(node.get()).cost;
      if (cost >= worth_a_variable)
        parts.push_back(node);
      else if (cost < 0)
        visit_operands(*node, [&](const Expr& operand) { open.push_back(&operand); });
    }
    std::reverse(parts.begin(), parts.end());
    return parts;
  }

  Expr bound(const Expr& value) {
    Expr& var = bound_[value.get()];
    if (var) return var;
    var = make_var(program_.fresh_var(), "t", value->origin, value->type);
    level_of_[as<Var>(var)->id.value] = level() - 1;
    moved_.push_back(make_let(var, value, value->origin));
    return var;
  }

  LoopProgram& program_;
  std::vector<Buffers> stored_in_;                   ///< by the loops that are open
  std::unordered_map<std::uint32_t, int> level_of_;  ///< of a variable: the loop it belongs to
  std::unordered_set<const StmtNode*> tests_;        ///< that a loop has an iteration
  std::vector<Stmt> kept_;                           ///< so that no address is used twice
  std::vector<Stmt> moved_;                          ///< out of the loop at hand, in order
  std::unordered_map<const ExprNode*, Expr> bound_;  ///< by moved_
  bool may_load_ = true;
};

}  // namespace

LoopProgram hoist_invariants(LoopProgram program, const PassOptions&) {
  for (std::size_t k = 0; k < program.kernels.size(); ++k)
    program.kernels[k].body = InvariantHoister(program).visit(program.kernels[k].body);
  return program;
}

}  // namespace tcc::ir

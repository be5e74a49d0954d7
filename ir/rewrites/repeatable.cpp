// Whether the body of a loop may be run again.
#include "ir/rewrites/repeatable.h"

#include <algorithm>
#include <set>

#include "ir/affine/simplify.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// What is around a statement, from the body inwards.
struct Around {
  std::vector<const For*> loops;
  std::vector<Expr> guards;  ///< conjuncts
};

struct Initialization {
  const Store* store;
  Around around;
};

/// Equal comparisons of equal integers; false means "not known".
bool same_condition(const Expr& a, const Expr& b) {
  if (a.same_as(b)) return true;
  const Binary* left = as<Binary>(a);
  const Binary* right = as<Binary>(b);
  return left && right && left->op == right->op && left->lhs->type == ValueType{} &&
         right->lhs->type == ValueType{} && same_value(left->lhs, right->lhs) &&
         same_value(left->rhs, right->rhs);
}

/// An index that is read from memory may have changed since.
bool has_load(const Expr& index) {
  const auto nodes = post_order(index);
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const Expr& node) { return as<Load>(node) != nullptr; });
}

class RunReader {
 public:
  explicit RunReader(const Stmt& body) {
    for_each_statement(body, [&](const Stmt& stmt) {
      if (const Store* store = as<Store>(stmt)) stored_.insert(store->buffer);
    });
    for_each_statement(body, [&](const Stmt& stmt) {
      if (const Allocate* allocate = as<Allocate>(stmt)) stored_.erase(allocate->buffer);
    });
    visit(body);
  }

  std::optional<Expr> found;

 private:
  void visit(const Stmt& stmt) {
    if (found) return;
    map_expressions(stmt, [&](const Expr& expr) {
      check_loads(expr);
      return expr;
    });
    if (const For* loop = as<For>(stmt)) {
      around_.loops.push_back(loop);
      visit(loop->body);
      around_.loops.pop_back();
    } else if (const If* guard = as<If>(stmt)) {
      const std::size_t outside = around_.guards.size();
      for (const Expr& conjunct : conjuncts(guard->condition))
        around_.guards.push_back(conjunct);
      visit(guard->body);
      around_.guards.resize(outside);
    } else if (const Block* block = as<Block>(stmt)) {
      for (const Stmt& inner : block->statements)
        visit(inner);
    } else if (const Store* store = as<Store>(stmt)) {
      if (!store->predicate && stored_.contains(store->buffer)) {
        initializations_.push_back({store, around_});
      }
    }
  }

  void check_loads(const Expr& expr) {
    if (is_leaf(expr)) return;
    for (const Expr& node : post_order(expr)) {
      const Load* load = as<Load>(node);
      if (found || !load || !stored_.contains(load->buffer)) continue;
      const bool own = std::any_of(
          initializations_.begin(), initializations_.end(),
          [&](const Initialization& initialization) { return covers(initialization, *load); });
      if (!own) found = node;
    }
  }

  bool covers(const Initialization& initialization, const Load& load) const {
    if (initialization.store->buffer != load.buffer) return false;
    Substitution as_here;
    for (const For* loop : initialization.around.loops) {
      const For* match = counterpart(*loop, as_here);
      if (!match) return false;
      as_here[var_of(*loop)] = match->var;
    }
    for (const Expr& guard : initialization.around.guards) {
      const Expr wanted = substitute(guard, as_here);
      if (std::none_of(around_.guards.begin(), around_.guards.end(),
                       [&](const Expr& here) { return same_condition(here, wanted); })) {
        return false;
      }
    }
    const auto& indices = initialization.store->indices;
    return std::equal(load.indices.begin(), load.indices.end(), indices.begin(),
                      [&](const Expr& loaded, const Expr& stored) {
                        return !has_load(loaded) && same_value(loaded, substitute(stored, as_here));
                      });
  }

  /// The loop around the load that runs as one around the store did: itself, or one of the same
  /// name and bounds.
  const For* counterpart(const For& loop, const Substitution& as_here) const {
    const auto found_loop =
        std::find_if(around_.loops.begin(), around_.loops.end(), [&](const For* here) {
          return here == &loop || (as<Var>(here->var)->name == as<Var>(loop.var)->name &&
                                   same_value(here->begin, substitute(loop.begin, as_here)) &&
                                   same_value(here->extent, substitute(loop.extent, as_here)));
        });
    return found_loop == around_.loops.end() ? nullptr : *found_loop;
  }

  std::set<BufferId> stored_;  ///< and not allocated in the body
  std::vector<Initialization> initializations_;
  Around around_;
};

}  // namespace

std::optional<Expr> reads_another_run(const Stmt& body) { return RunReader(body).found; }

}  // namespace tcc::ir

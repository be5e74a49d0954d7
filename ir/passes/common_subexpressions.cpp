// What is computed twice is kept in a variable.
#include "ir/passes/common_subexpressions.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "ir/operands.h"
#include "ir/passes/expression_cost.h"
#include "ir/passes/splice.h"
#include "ir/passes/value_numbers.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// A value that is worth a variable, where it is computed first.
struct Value {
  ValueNumbers::Number number;
  const ExprNode* node;   ///< that computes it
  std::size_t statement;  ///< in which, counted in the order of the text
  Expr var;               ///< what it is bound to; null until it is
  bool is_repeated = false;
};

/// A node that computes a value.
struct Site {
  const ExprNode* node;
  std::size_t value;
};

/// First walk: finds values and their sites.
class Finder {
 public:
  void visit(const Stmt& stmt) {
    const std::size_t statement = sites.size();
    sites.emplace_back();
    const Let* let = as<Let>(stmt);
    map_expressions(stmt, [&](const Expr& expr) {
      if (!is_leaf(expr) || let) look_at(expr, statement, let);
      return expr;
    });
    if (const Store* store = as<Store>(stmt)) numbers_.store_to(store->buffer);
    const Block* block = as<Block>(stmt);
    const For* loop = as<For>(stmt);
    if (!block && !loop && !as<If>(stmt)) return;
    auto outside = std::pair(std::exchange(added_, {}), Available());
    const bool shares = !loop || loop->kind == ForKind::serial || loop->kind == ForKind::unrolled;
    if (!shares) outside.second = std::exchange(available_, {});
    if (loop) enter(*loop);
    map_statements(stmt, [&](const Stmt& inner) {
      visit(inner);
      return inner;
    });
    for (const ValueNumbers::Number number : added_)
      available_.erase(number);
    added_ = std::move(outside.first);
    if (!shares) available_ = std::move(outside.second);
  }

  std::vector<Value> values;
  std::vector<std::vector<Site>> sites;  ///< by statement

 private:
  using Available = std::unordered_map<ValueNumbers::Number, std::size_t>;

  /// An iteration does not read what the one before it has stored as if it were unchanged.
  void enter(const For& loop) {
    for_each_statement(loop.body, [&](const Stmt& stmt) {
      if (const Store* store = as<Store>(stmt)) numbers_.store_to(store->buffer);
    });
  }

  void look_at(const Expr& root, std::size_t statement, const Let* let) {
    const std::vector<Expr> order = post_order(root);
    numbers_.number(order);
    if (let) numbers_.alias(as<Var>(let->var)->id, numbers_.number_at(order.size() - 1));
    costs_.clear();
    for (const Expr& node : order) {
      int cost = cost_of(node);
      visit_operands(*node,
                     [&](const Expr& operand) { cost += costs_[numbers_.position_of(operand)]; });
      costs_.push_back(std::min(cost, 1000));
    }
    wanted_.assign(order.size(), false);
    wanted_.back() = true;
    for (std::size_t at = order.size(); at-- > 0;) {
      if (!wanted_[at] || costs_[at] <= worth_a_variable) continue;  // nor is what it is made of
      const bool is_root = at + 1 == order.size();
      if (is_known(order[at].get(), numbers_.number_at(at), statement, is_root ? let : nullptr))
        continue;
      visit_operands(*order[at],
                     [&](const Expr& operand) { wanted_[numbers_.position_of(operand)] = true; });
    }
  }

  /// Whether the value is available; it is from here on.
  bool is_known(const ExprNode* node, ValueNumbers::Number number, std::size_t statement,
                const Let* let) {
    const auto [found, is_new] = available_.emplace(number, values.size());
    if (is_new) {
      added_.push_back(number);
      values.push_back({number, node, statement, let ? let->var : Expr()});
    }
    Value& value = values[found->second];
    if (!is_new) value.is_repeated |= value.statement != statement || value.node != node;
    if (!is_new || !let) sites[statement].push_back({node, found->second});
    return !is_new;
  }

  ValueNumbers numbers_;
  std::vector<int> costs_;                   ///< of the expression at hand, with all operands
  std::vector<bool> wanted_;                 ///< looked at: what is not inside of a known value
  Available available_;                      ///< values by number, in the block and around it
  std::vector<ValueNumbers::Number> added_;  ///< by the block that is open
};

/// Second walk, in the same order: binds what is repeated.
class Binder {
 public:
  Binder(LoopProgram& program, Finder found) : program_(program), found_(std::move(found)) {}

  /// Null for a let of what a variable has already.
  Stmt visit(const Stmt& stmt) {
    const std::size_t statement = next_++;
    done_.clear();
    std::vector<Stmt> bound = bind(statement);
    Stmt own = stmt;
    const Let* let = as<Let>(stmt);
    if (!done_.empty() || !renamed_.empty())
      own = map_expressions(stmt, [this](const Expr& expr) { return replaced(expr); });
    if (let && is_leaf(as<Let>(own)->value) && !is_leaf(let->value)) {
      renamed_[as<Var>(let->var)->id] = as<Let>(own)->value;
      own = nullptr;
    } else if (const Block* block = as<Block>(own)) {
      return map_and_splice(own, *block, [this](const Stmt& inner) { return visit(inner); });
    } else {
      own = map_statements(own, [this](const Stmt& inner) { return visit(inner); });
    }
    if (bound.empty()) return own;
    if (own) bound.push_back(own);
    return make_block(std::move(bound), stmt->origin);
  }

 private:
  /// Lets for the values that are computed first in a statement, operands first.
  std::vector<Stmt> bind(std::size_t statement) {
    std::vector<Site> repeated;
    for (const Site& site : found_.sites[statement]) {
      if (found_.values[site.value].is_repeated) repeated.push_back(site);
    }
    std::sort(repeated.begin(), repeated.end(), [&](const Site& a, const Site& b) {
      return found_.values[a.value].number < found_.values[b.value].number;
    });
    std::vector<Stmt> lets;
    for (const Site& site : repeated) {
      Value& value = found_.values[site.value];
      if (!value.var) {
        const Expr node(site.node);
        const Expr content = replaced(node);
        value.var = make_var(program_.fresh_var(), "t", node->origin, node->type);
        lets.push_back(make_let(value.var, content, node->origin));
      }
      done_[site.node] = value.var;
    }
    return lets;
  }

  /// With variables in the place of what is bound.
  Expr replaced(const Expr& root) {
    if (const auto found = done_.find(root.get()); found != done_.end()) return found->second;
    std::unordered_map<const ExprNode*, Expr> rebuilt;
    for (const Expr& node : post_order(root)) {
      const auto found = done_.find(node.get());
      Expr result =
          found != done_.end()
              ? found->second
              : map_children(node, [&](const Expr& operand) { return rebuilt.at(operand.get()); });
      if (const Var* var = as<Var>(result)) {
        const auto other = renamed_.find(var->id);
        if (other != renamed_.end()) result = other->second;
      }
      rebuilt.emplace(node.get(), std::move(result));
    }
    return rebuilt.at(root.get());
  }

  LoopProgram& program_;
  Finder found_;
  std::size_t next_ = 0;
  std::unordered_map<const ExprNode*, Expr> done_;  ///< in the statement at hand
  Substitution renamed_;                            ///< of lets that are gone
};

}  // namespace

LoopProgram common_subexpressions(LoopProgram program, const PassOptions&) {
  for (std::size_t k = 0; k < program.kernels.size(); ++k) {
    Kernel& kernel = program.kernels[k];
    Finder finder;
    finder.visit(kernel.body);
    const bool any = std::any_of(finder.values.begin(), finder.values.end(),
                                 [](const Value& value) { return value.is_repeated; });
    if (!any) continue;
    const Stmt body = Binder(program, std::move(finder)).visit(kernel.body);
    kernel.body = body ? body : make_block({}, kernel.origin);
  }
  return program;
}

}  // namespace tcc::ir

// Walking and rebuilding. Expressions are walked with explicit work lists; statements nest only as
// deep as loops do, and are walked by recursion.
#include "ir/visit.h"

#include <algorithm>
#include <unordered_map>

#include "ir/operands.h"

namespace tcc::ir {

void for_each_child(const ExprNode& node, const std::function<void(const Expr&)>& f) {
  visit_operands(node, f);
}

Expr map_children(const Expr& expr, const std::function<Expr(const Expr&)>& f) {
  bool changed = false;
  std::vector<Expr> mapped;
  visit_operands(*expr, [&](const Expr& operand) {
    mapped.push_back(f(operand));
    changed = changed || !mapped.back().same_as(operand);
  });
  if (!changed) return expr;
  const OriginId origin = expr->origin;
  return match(
      expr, [&](const IntImm&) { return expr; }, [&](const FloatImm&) { return expr; },
      [&](const Var&) { return expr; },
      [&](const Cast&) { return make_cast(expr->type.dtype, std::move(mapped[0]), origin); },
      [&](const Unary& n) { return make_unary(n.op, std::move(mapped[0]), origin); },
      [&](const Binary& n) {
        return make_binary(n.op, std::move(mapped[0]), std::move(mapped[1]), origin);
      },
      [&](const Select&) {
        return make_select(std::move(mapped[0]), std::move(mapped[1]), std::move(mapped[2]),
                           origin);
      },
      [&](const Call& n) { return make_call(n.op, std::move(mapped), origin); },
      [&](const Load& n) {
        Expr predicate;
        if (n.predicate) {
          predicate = std::move(mapped.back());
          mapped.pop_back();
        }
        return make_load(expr->type.dtype, n.buffer, std::move(mapped), origin,
                         std::move(predicate));
      },
      [&](const Ramp&) {
        return make_ramp(std::move(mapped[0]), std::move(mapped[1]), expr->type.lanes, origin);
      },
      [&](const Broadcast&) {
        return make_broadcast(std::move(mapped[0]), expr->type.lanes, origin);
      },
      [&](const Shuffle& n) { return make_shuffle(std::move(mapped[0]), n.lanes, origin); });
}

std::vector<Expr> post_order(const Expr& root) { return post_order(std::span(&root, 1)); }

std::vector<Expr> post_order(std::span<const Expr> roots) {
  return operands_first(roots,
                        [](const ExprNode& node, auto&& enter) { visit_operands(node, enter); });
}

Expr rewrite(const Expr& root, const std::function<Expr(const Expr&)>& f) {
  if (is_leaf(root)) return f(root);
  std::unordered_map<const ExprNode*, Expr> rebuilt;
  const std::function<Expr(const Expr&)> look_up = [&](const Expr& operand) {
    return rebuilt.at(operand.get());
  };
  for (const Expr& expr : post_order(root)) {
    rebuilt.emplace(expr.get(), f(map_children(expr, look_up)));
  }
  return rebuilt.at(root.get());
}

namespace {

/// For rewrite(): a variable's value, any other node as it is.
std::function<Expr(const Expr&)> replacing(const Substitution& values) {
  return [&values](const Expr& node) {
    const Var* var = as<Var>(node);
    if (!var) return node;
    const auto found = values.find(var->id);
    return found == values.end() ? node : found->second;
  };
}

}  // namespace

Expr substitute(const Expr& expr, const Substitution& values) {
  return values.empty() ? expr : rewrite(expr, replacing(values));
}

Stmt substitute(const Stmt& stmt, const Substitution& values) {
  return values.empty() ? stmt : rewrite(stmt, replacing(values), {});
}

Stmt map_expressions(const Stmt& stmt, const std::function<Expr(const Expr&)>& f) {
  bool changed = false;
  const auto map = [&](const Expr& expr) {
    if (!expr) return expr;
    Expr mapped = f(expr);
    changed = changed || !mapped.same_as(expr);
    return mapped;
  };
  const OriginId origin = stmt->origin;
  const Stmt result = match(
      stmt,
      [&](const For& n) {
        Expr begin = map(n.begin);
        Expr extent = map(n.extent);
        if (!changed) return stmt;
        return make_for(n.var, std::move(begin), std::move(extent), n.kind, n.stage, n.body,
                        origin);
      },
      [&](const If& n) {
        Expr condition = map(n.condition);
        return changed ? make_if(std::move(condition), n.body, origin) : stmt;
      },
      [&](const Let& n) {
        Expr value = map(n.value);
        return changed ? make_let(n.var, std::move(value), origin) : stmt;
      },
      [&](const Allocate&) { return stmt; }, [&](const Block&) { return stmt; },
      [&](const Store& n) {
        std::vector<Expr> indices;
        for (const Expr& index : n.indices)
          indices.push_back(map(index));
        Expr value = map(n.value);
        Expr predicate = map(n.predicate);
        if (!changed) return stmt;
        return make_store(n.buffer, std::move(indices), std::move(value), origin,
                          std::move(predicate));
      },
      [&](const Prefetch& n) {
        std::vector<Expr> indices;
        for (const Expr& index : n.indices)
          indices.push_back(map(index));
        return changed ? make_prefetch(n.buffer, std::move(indices), n.level, origin) : stmt;
      },
      [&](const Assert& n) {
        Expr condition = map(n.condition);
        Expr value = map(n.value);
        if (!changed) return stmt;
        return make_assert(std::move(condition), n.message, origin, std::move(value));
      });
  return result;
}

Stmt map_statements(const Stmt& stmt, const std::function<Stmt(const Stmt&)>& f) {
  if (const For* loop = as<For>(stmt)) {
    Stmt body = f(loop->body);
    if (!body || body == loop->body) return body ? stmt : nullptr;
    return make_for(loop->var, loop->begin, loop->extent, loop->kind, loop->stage, std::move(body),
                    stmt->origin);
  }
  if (const If* branch = as<If>(stmt)) {
    Stmt body = f(branch->body);
    if (!body || body == branch->body) return body ? stmt : nullptr;
    return make_if(branch->condition, std::move(body), stmt->origin);
  }
  const Block* block = as<Block>(stmt);
  if (!block) return stmt;
  std::vector<Stmt> kept;
  bool changed = false;
  for (const Stmt& child : block->statements) {
    Stmt mapped = f(child);
    changed = changed || mapped != child;
    if (mapped) kept.push_back(std::move(mapped));
  }
  if (!changed) return stmt;
  return kept.empty() ? nullptr : make_block(std::move(kept), stmt->origin);
}

namespace {

Stmt rewrite_or_remove(const Stmt& stmt, const std::function<Expr(const Expr&)>& on_expr,
                       const std::function<Stmt(const Stmt&)>& on_stmt) {
  Stmt result = map_statements(
      stmt, [&](const Stmt& child) { return rewrite_or_remove(child, on_expr, on_stmt); });
  if (result && on_expr) {
    result = map_expressions(result, [&](const Expr& expr) { return rewrite(expr, on_expr); });
  }
  return result && on_stmt ? on_stmt(result) : result;
}

}  // namespace

Stmt rewrite(const Stmt& root, const std::function<Expr(const Expr&)>& on_expr,
             const std::function<Stmt(const Stmt&)>& on_stmt) {
  const Stmt result = rewrite_or_remove(root, on_expr, on_stmt);
  return result ? result : make_block({}, root->origin);
}

void for_each_statement(const Stmt& root, const std::function<void(const Stmt&)>& f) {
  f(root);
  if (const For* loop = as<For>(root)) return for_each_statement(loop->body, f);
  if (const If* branch = as<If>(root)) return for_each_statement(branch->body, f);
  if (const Block* block = as<Block>(root)) {
    for (const Stmt& child : block->statements)
      for_each_statement(child, f);
  }
}

void for_each_expression(const Stmt& root, const std::function<void(const Expr&)>& f) {
  for_each_statement(root, [&](const Stmt& stmt) {
    map_expressions(stmt, [&](const Expr& expr) {
      f(expr);
      return expr;
    });
  });
}

bool is_tree_larger_than(const Expr& root, std::size_t most) {
  std::vector<const Expr*> open = {&root};
  for (std::size_t count = 0; !open.empty(); ++count) {
    if (count == most) return true;
    const Expr& expr = *open.back();
    open.pop_back();
    visit_operands(*expr, [&](const Expr& operand) { open.push_back(&operand); });
  }
  return false;
}

bool is_leaf(const Expr& expr) { return as<Var>(expr) || as<IntImm>(expr) || as<FloatImm>(expr); }

bool uses_var(const Expr& expr, VarId id) {
  if (is_leaf(expr)) return as<Var>(expr) && as<Var>(expr)->id == id;
  const std::vector<Expr> nodes = post_order(expr);
  return std::any_of(nodes.begin(), nodes.end(), [id](const Expr& node) {
    const Var* var = as<Var>(node);
    return var && var->id == id;
  });
}

bool uses_var(const Stmt& stmt, VarId id) {
  bool found = false;
  for_each_expression(stmt, [&](const Expr& expr) { found = found || uses_var(expr, id); });
  return found;
}

std::vector<Expr> conjuncts(const Expr& condition) {
  std::vector<Expr> found;
  std::vector<Expr> open = {condition};
  while (!open.empty()) {
    const Expr expr = open.back();
    open.pop_back();
    const Binary* both = as<Binary>(expr);
    if (both && both->op == Op::logical_and) {
      open.push_back(both->rhs);
      open.push_back(both->lhs);
    } else {
      found.push_back(expr);
    }
  }
  return found;
}

bool loads_from(const Expr& expr, BufferId buffer) {
  if (is_leaf(expr)) return false;
  const std::vector<Expr> nodes = post_order(expr);
  return std::any_of(nodes.begin(), nodes.end(), [buffer](const Expr& node) {
    const Load* load = as<Load>(node);
    return load && load->buffer == buffer;
  });
}

}  // namespace tcc::ir

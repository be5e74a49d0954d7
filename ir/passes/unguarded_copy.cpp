// A second copy of a loop's body, for where its guards are known to hold.
#include "ir/passes/unguarded_copy.h"

namespace tcc::ir {

namespace {

bool is_true(const Expr& expr) {
  return expr->type.dtype == DType::boolean && constant_of(expr) == 1;
}

/// What a condition is whose operands became true.
Expr folded(const Expr& node) {
  if (const Binary* both = as<Binary>(node); both && both->op == Op::logical_and) {
    if (is_true(both->lhs)) return both->rhs;
    return is_true(both->rhs) ? both->lhs : node;
  }
  if (const Select* select = as<Select>(node))
    return is_true(select->condition) ? select->if_true : node;
  const Load* load = as<Load>(node);
  if (!load || !load->predicate || !is_true(load->predicate)) return node;
  return make_load(node->type.dtype, load->buffer, load->indices, node->origin);
}

}  // namespace

Stmt UnguardedCopy::copy(const Stmt& stmt) {
  if (const Allocate* allocate = as<Allocate>(stmt))
    return make_allocate(fresh(allocate->buffer), stmt->origin);
  const Stmt own =
      map_expressions(stmt, [this](const Expr& expr) { return renamed(without_told(expr)); });
  if (const If* guard = as<If>(own)) {
    Stmt body = copy(guard->body);
    return is_true(guard->condition) ? body
                                     : make_if(guard->condition, std::move(body), stmt->origin);
  }
  if (const For* loop = as<For>(own)) {
    const Expr var = fresh(loop->var);
    return make_for(var, loop->begin, loop->extent, loop->kind, own_buffer(loop->stage),
                    copy(loop->body), stmt->origin);
  }
  if (const Let* let = as<Let>(own)) return make_let(fresh(let->var), let->value, stmt->origin);
  if (const Store* store = as<Store>(own)) {
    const bool always = store->predicate && is_true(store->predicate);
    if (!always && own_buffer(store->buffer) == store->buffer) return own;
    return make_store(own_buffer(store->buffer), store->indices, store->value, stmt->origin,
                      always ? Expr() : store->predicate);
  }
  return map_statements(own, [this](const Stmt& inner) { return copy(inner); });
}

Expr UnguardedCopy::without_told(const Expr& expr) const {
  return rewrite(expr, [this](const Expr& node) {
    return is_told_(node) ? make_bool(true, node->origin) : folded(node);
  });
}

Expr UnguardedCopy::renamed(const Expr& expr) const {
  if (variables_.empty() && buffers_.empty()) return expr;
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

Expr UnguardedCopy::fresh(const Expr& var) {
  const Var& old = *as<Var>(var);
  return variables_[old.id] = make_var(program_.fresh_var(), old.name, var->origin, var->type);
}

BufferId UnguardedCopy::fresh(BufferId old) {
  const BufferId id{static_cast<std::uint32_t>(program_.buffers.size())};
  Buffer buffer = program_[old];
  buffer.name += ".whole";
  program_.buffers.push_back(std::move(buffer));
  return buffers_[old] = id;
}

BufferId UnguardedCopy::own_buffer(BufferId old) const {
  const auto found = buffers_.find(old);
  return found == buffers_.end() ? old : found->second;
}

}  // namespace tcc::ir

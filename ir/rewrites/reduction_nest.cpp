// Recognises reductions in loop nests.
#include "ir/rewrites/reduction_nest.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "ir/affine/simplify.h"
#include "ir/reducer.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

using Path = std::vector<Stmt>;  // from a kernel's body inwards

/// The ways to the stores to `buffer` inside loop `var`.
std::vector<Path> ways_to_stores(const Stmt& body, BufferId buffer, VarId var) {
  std::vector<Path> ways;
  Path path;
  bool inside = false;
  const std::function<void(const Stmt&)> visit = [&](const Stmt& stmt) {
    path.push_back(stmt);
    const bool enters = as<For>(stmt) && var_of(stmt) == var;
    inside |= enters;
    const Store* store = as<Store>(stmt);
    if (store && store->buffer == buffer && inside) ways.push_back(path);
    map_statements(stmt, [&](const Stmt& inner) {
      visit(inner);
      return inner;
    });
    inside &= !enters;
    path.pop_back();
  };
  visit(body);
  return ways;
}

bool is_load_of(const Expr& expr, const Store& store) {
  const Load* load = as<Load>(expr);
  return load && load->buffer == store.buffer && !load->predicate &&
         std::equal(load->indices.begin(), load->indices.end(), store.indices.begin(), same_value);
}

std::optional<ReducerKind> reducer_of(Op op) {
  switch (op) {
    case Op::add: return ReducerKind::sum;
    case Op::multiply: return ReducerKind::prod;
    case Op::maximum: return ReducerKind::max;
    case Op::minimum: return ReducerKind::min;
    case Op::logical_or: return ReducerKind::any;
    case Op::logical_and: return ReducerKind::all;
    default: return {};
  }
}

/// Simplification makes one sum of `C[e] + (a + b)` where it is of i64: what is left without C[e].
bool read_sum(ReductionNest& nest) {
  const Store& store = nest.store();
  if (store.value->type != ValueType{}) return false;
  const OriginId origin = store.value->origin;
  const Expr own = make_load(DType::i64, store.buffer, store.indices, origin);
  const Expr rest = simplify(make_binary(Op::subtract, store.value, own, origin));
  if (loads_from(rest, store.buffer)) return false;
  nest.reducer = ReducerKind::sum;
  nest.body = rest;
  return true;
}

/// Reads `C[e] = op(C[e], body)`; false where the store is no such update.
bool read_update(ReductionNest& nest) {
  const Store& store = nest.store();
  const Binary* binary = as<Binary>(store.value);
  if (!binary || store.predicate) return false;
  if (read_sum(nest)) return true;
  const auto reducer = reducer_of(binary->op);
  if (!reducer) return false;
  nest.reducer = *reducer;
  const bool first = is_load_of(binary->lhs, store);
  if (!first && !is_load_of(binary->rhs, store)) return false;
  nest.body = first ? binary->rhs : binary->lhs;
  return !loads_from(nest.body, store.buffer);
}

std::size_t count_accesses(const Stmt& stmt, BufferId buffer) {
  std::size_t count = 0;
  for_each_statement(stmt, [&](const Stmt& inner) {
    const Store* store = as<Store>(inner);
    if (store && store->buffer == buffer) ++count;
  });
  for_each_expression(stmt, [&](const Expr& expr) {
    if (loads_from(expr, buffer)) ++count;
  });
  return count;
}

/// Whether the statement does nothing but store to `buffer`, without reading it.
bool only_initializes(const Stmt& stmt, BufferId buffer) {
  bool only = true;
  for_each_statement(stmt, [&](const Stmt& inner) {
    const Store* store = as<Store>(inner);
    if (store) only &= store->buffer == buffer && !loads_from(store->value, buffer);
    only &= !as<Allocate>(inner) && !as<Let>(inner) && !as<Assert>(inner) && !as<Prefetch>(inner);
  });
  return only;
}

}  // namespace

bool ReductionNest::reduces_over(const Stmt& loop) const {
  const auto& indices = store().indices;
  return std::none_of(indices.begin(), indices.end(),
                      [&](const Expr& index) { return uses_var(index, var_of(loop)); });
}

tl::expected<ReductionNest, Refusal> find_reduction(const IndexedProgram& program, BufferId stage,
                                                    VarId var) {
  ReductionNest nest;
  nest.kernel = kernel_of(program, stage, var);
  const Stmt& body = program.body(nest.kernel);
  const std::string loop = name_of(*as<For>(find_loop(body, var)));
  const std::string& name = program[stage].name;
  const auto refuse = [&](std::string reason, std::string help) {
    return tl::unexpected(Refusal{std::move(reason), var, std::move(help)});
  };
  const auto ways = ways_to_stores(body, stage, var);
  const auto over_axis = [&](const Path& way) {
    const auto& indices = as<Store>(way.back())->indices;
    return std::any_of(indices.begin(), indices.end(),
                       [&](const Expr& index) { return uses_var(index, var); });
  };
  if (ways.size() > 1 && std::all_of(ways.begin(), ways.end(), over_axis)) {
    return refuse(fmt::format("loop '{}' is over an axis of '{}', no reduction", loop, name), "");
  }
  if (ways.size() != 1) {
    return refuse(fmt::format("loop '{}' has {} statements that store to '{}', not one update",
                              loop, ways.size(), name),
                  "");
  }
  nest.update = ways[0].back();
  if (!read_update(nest)) {
    return refuse(fmt::format("loop '{}' carries no reduction of '{}'", loop, name),
                  "name a loop over which sum, prod, max, min, any or all is taken");
  }
  for (const Stmt& stmt : ways[0]) {
    const bool is_loop = as<For>(stmt) != nullptr;
    const bool starts = is_loop && as<For>(stmt)->stage == stage && nest.reduces_over(stmt);
    if (nest.loops.empty() && !starts) continue;
    if (is_loop) nest.loops.push_back(stmt);
    const If* guard = as<If>(stmt);
    if (!guard) continue;
    const auto conditions = conjuncts(guard->condition);
    nest.guards.insert(nest.guards.end(), conditions.begin(), conditions.end());
  }
  const auto wanted = std::find_if(nest.loops.begin(), nest.loops.end(),
                                   [&](const Stmt& each) { return var_of(each) == var; });
  if (wanted == nest.loops.end() || !nest.reduces_over(*wanted)) {
    return refuse(fmt::format("loop '{}' is over an axis of '{}', no reduction", loop, name), "");
  }
  if (count_accesses(nest.loops.front(), stage) != 2) {
    return refuse(fmt::format("the loops of the reduction access '{}' elsewhere too", name), "");
  }
  return nest;
}

std::vector<Stmt> axes_inside(const ReductionNest& nest) {
  std::vector<Stmt> axes;
  for (const Stmt& loop : nest.loops) {
    if (!nest.reduces_over(loop)) axes.push_back(loop);
  }
  return axes;
}

std::optional<Refusal> refuse_dependent(const ReductionNest& nest, const std::vector<Stmt>& axes) {
  std::vector<VarId> inside;
  for_each_statement(nest.loops.front(), [&](const Stmt& stmt) {
    if (as<For>(stmt)) inside.push_back(var_of(stmt));
    if (const Let* let = as<Let>(stmt)) inside.push_back(as<Var>(let->var)->id);
  });
  const auto uses_inside = [&](const Expr& expr) {
    return std::any_of(inside.begin(), inside.end(),
                       [&](VarId var) { return uses_var(expr, var); });
  };
  for (const Stmt& axis : axes) {
    const For& loop = *as<For>(axis);
    if (uses_inside(loop.begin) || uses_inside(loop.extent)) {
      return Refusal{
          fmt::format("the bounds of loop '{}' depend on loops of the reduction", name_of(loop)),
          var_of(axis), ""};
    }
    std::erase(inside, var_of(axis));
  }
  for (const Expr& index : nest.store().indices) {
    if (!uses_inside(index)) continue;
    return Refusal{"the element depends on what is computed inside the reduction",
                   var_of(nest.loops.front()), ""};
  }
  return {};
}

Stmt nest_over(IndexedProgram& program, const ReductionNest& nest, const std::vector<Stmt>& axes,
               BufferId stage, OriginId origin,
               const std::function<Stmt(const Substitution&)>& body) {
  Substitution fresh;
  for (const Stmt& axis : axes)
    fresh[var_of(axis)] = make_var(program.fresh_var(), name_of(*as<For>(axis)), origin);
  Stmt result = body(fresh);
  for (const Expr& guard : nest.guards) {
    const bool reduces = std::any_of(nest.loops.begin(), nest.loops.end(), [&](const Stmt& loop) {
      return nest.reduces_over(loop) && uses_var(guard, var_of(loop));
    });
    if (!reduces) result = make_if(substitute(guard, fresh), std::move(result), origin);
  }
  for (std::size_t a = axes.size(); a-- > 0;) {
    const For& loop = *as<For>(axes[a]);
    result = make_for(fresh.at(var_of(axes[a])), loop.begin, loop.extent, loop.kind, stage,
                      std::move(result), origin);
  }
  return result;
}

Expr identity_of(ReducerKind reducer, DType dtype, OriginId origin) {
  return make_reducer(reducer, dtype, origin).identity.front();
}

Expr combined(ReducerKind reducer, const Expr& left, const Expr& right, OriginId origin) {
  const Reducer values = make_reducer(reducer, left->type.dtype, origin);
  return combine(values, 0, std::span(&left, 1), std::span(&right, 1));
}

Stmt replace_statement(const Stmt& root, const Stmt& statement, const Stmt& replacement) {
  const std::function<Stmt(const Stmt&)> replace = [&](const Stmt& stmt) {
    return stmt == statement ? replacement : map_statements(stmt, replace);
  };
  return replace(root);
}

Stmt replace_with_initialization(const Stmt& root, const Stmt& loop, BufferId buffer,
                                 const std::function<std::vector<Stmt>(const Stmt&)>& replacement,
                                 OriginId origin) {
  const std::function<Stmt(const Stmt&)> replace = [&](const Stmt& stmt) -> Stmt {
    if (stmt == loop) return make_block(replacement({}), origin);
    const Block* block = as<Block>(stmt);
    const auto at = block ? std::find(block->statements.begin(), block->statements.end(), loop)
                          : std::vector<Stmt>::const_iterator{};
    if (!block || at == block->statements.end()) return map_statements(stmt, replace);
    const bool has_initialization =
        at != block->statements.begin() && only_initializes(*(at - 1), buffer);
    std::vector<Stmt> statements(block->statements.begin(), at - (has_initialization ? 1 : 0));
    const auto middle = replacement(has_initialization ? *(at - 1) : Stmt{});
    // What is allocated is in scope to the end of its block: nothing may follow in it.
    if (at + 1 == block->statements.end()) {
      statements.insert(statements.end(), middle.begin(), middle.end());
    } else {
      statements.push_back(make_block(middle, origin));
      statements.insert(statements.end(), at + 1, block->statements.end());
    }
    return make_block(std::move(statements), stmt->origin);
  };
  return replace(root);
}

}  // namespace tcc::ir

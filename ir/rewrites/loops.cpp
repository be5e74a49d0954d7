// Finding and replacing loops in a program.
#include "ir/rewrites/loops.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/rewrites/split.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

void for_each_loop_of(const IndexedProgram& program, BufferId stage,
                      const std::function<void(const For&)>& f) {
  for (const KernelIndex kernel : program.kernels_with_loops_of(stage)) {
    for_each_statement(program.body(kernel), [&](const Stmt& stmt) {
      const For* loop = as<For>(stmt);
      if (loop && loop->stage == stage) f(*loop);
    });
  }
}

}  // namespace

const std::string& name_of(const For& loop) { return as<Var>(loop.var)->name; }

std::vector<VarId> loops_named(const IndexedProgram& program, BufferId stage,
                               const std::string& name) {
  std::vector<VarId> found;
  for_each_loop_of(program, stage, [&](const For& loop) {
    if (name_of(loop) == name) found.push_back(as<Var>(loop.var)->id);
  });
  return found;
}

std::vector<VarId> loops_in_one_nest(const IndexedProgram& program, BufferId stage,
                                     const std::vector<std::string>& names) {
  std::vector<VarId> found;
  std::map<std::string, VarId> around;  // of the wanted names
  const std::function<void(const Stmt&)> visit = [&](const Stmt& stmt) {
    const For* loop = as<For>(stmt);
    const bool wanted = loop && loop->stage == stage &&
                        std::find(names.begin(), names.end(), name_of(*loop)) != names.end();
    if (wanted) {
      around[name_of(*loop)] = as<Var>(loop->var)->id;
      const bool all = std::all_of(names.begin(), names.end(),
                                   [&](const std::string& name) { return around.contains(name); });
      if (all) {
        found.clear();
        for (const std::string& name : names)
          found.push_back(around.at(name));
      }
    }
    map_statements(stmt, [&](const Stmt& inner) {
      visit(inner);
      return inner;
    });
    if (wanted) around.erase(name_of(*loop));
  };
  for (const KernelIndex kernel : program.kernels_with_loops_of(stage))
    visit(program.body(kernel));
  return found;
}

std::vector<std::string> loop_names(const IndexedProgram& program, BufferId stage) {
  std::vector<std::string> names;
  for_each_loop_of(program, stage, [&](const For& loop) {
    if (std::find(names.begin(), names.end(), name_of(loop)) == names.end()) {
      names.push_back(name_of(loop));
    }
  });
  return names;
}

Stmt find_loop(const Stmt& body, VarId var) {
  Stmt found;
  for_each_statement(body, [&](const Stmt& stmt) {
    const For* loop = as<For>(stmt);
    if (loop && as<Var>(loop->var)->id == var) found = stmt;
  });
  return found;
}

KernelIndex kernel_of(const IndexedProgram& program, BufferId stage, VarId var) {
  for (const KernelIndex kernel : program.kernels_with_loops_of(stage)) {
    if (find_loop(program.body(kernel), var)) return kernel;
  }
  bug("a rewrite looks for a loop that is nowhere");
}

void replace_loop(IndexedProgram& program, KernelIndex kernel, VarId var, const Stmt& replacement) {
  std::function<Stmt(const Stmt&)> replace = [&](const Stmt& stmt) {
    const For* loop = as<For>(stmt);
    if (loop && as<Var>(loop->var)->id == var) return replacement;
    return map_statements(stmt, replace);
  };
  program.set_body(kernel, replace(program.body(kernel)));
}

bool carries_reduction(const For& loop) {
  bool carries = false;
  const VarId var = as<Var>(loop.var)->id;
  std::set<BufferId> own;  // of each iteration
  for_each_statement(loop.body, [&](const Stmt& stmt) {
    if (const Allocate* allocate = as<Allocate>(stmt)) own.insert(allocate->buffer);
    const Store* store = as<Store>(stmt);
    if (!store || own.contains(store->buffer)) return;
    carries |= std::none_of(store->indices.begin(), store->indices.end(),
                            [&](const Expr& index) { return uses_var(index, var); });
  });
  return carries;
}

namespace {

/// Whether a `let` in the loop reads an element that the loop's iterations all store to.
bool reads_what_it_stores(const For& loop) {
  std::set<BufferId> shared;
  std::set<BufferId> own;
  const VarId var = as<Var>(loop.var)->id;
  for_each_statement(loop.body, [&](const Stmt& stmt) {
    if (const Allocate* allocate = as<Allocate>(stmt)) own.insert(allocate->buffer);
    const Store* store = as<Store>(stmt);
    const bool moves =
        store && std::any_of(store->indices.begin(), store->indices.end(),
                             [&](const Expr& index) { return uses_var(index, var); });
    if (store && !moves && !own.contains(store->buffer)) shared.insert(store->buffer);
  });
  bool found = false;
  for_each_statement(loop.body, [&](const Stmt& stmt) {
    const Let* let = as<Let>(stmt);
    if (!let) return;
    found |= std::any_of(shared.begin(), shared.end(),
                         [&](BufferId buffer) { return loads_from(let->value, buffer); });
  });
  return found;
}

}  // namespace

bool steps_recurrence(const For& loop) {
  const VarId var = as<Var>(loop.var)->id;
  bool steps = reads_what_it_stores(loop);
  const auto compare = [&](const Store& store, const Load& load) {
    for (std::size_t axis = 0; axis < store.indices.size(); ++axis) {
      const Expr& stored = store.indices[axis];
      const Expr& loaded = load.indices[axis];
      if (same_value(stored, loaded)) continue;
      steps |= uses_var(stored, var) || uses_var(loaded, var);
    }
  };
  for_each_statement(loop.body, [&](const Stmt& stmt) {
    const Store* store = as<Store>(stmt);
    if (!store || steps || !loads_from(store->value, store->buffer)) return;
    for (const Expr& node : post_order(store->value)) {
      const Load* load = as<Load>(node);
      if (load && load->buffer == store->buffer) compare(*store, *load);
    }
  });
  return steps;
}

Stmt with_fresh_vars(IndexedProgram& program, const Stmt& stmt) {
  Substitution fresh;
  const auto declare = [&](const Expr& var) {
    const Var& old = *as<Var>(var);
    fresh[old.id] = make_var(program.fresh_var(), old.name, var->origin, var->type);
  };
  for_each_statement(stmt, [&](const Stmt& inner) {
    if (const For* loop = as<For>(inner)) declare(loop->var);
    if (const Let* let = as<Let>(inner)) declare(let->var);
  });
  const auto renamed = [&](const Stmt& inner) -> Stmt {
    if (const For* loop = as<For>(inner)) {
      return make_for(fresh.at(as<Var>(loop->var)->id), loop->begin, loop->extent, loop->kind,
                      loop->stage, loop->body, inner->origin);
    }
    const Let* let = as<Let>(inner);
    return let ? make_let(fresh.at(as<Var>(let->var)->id), let->value, inner->origin) : inner;
  };
  return rewrite(substitute(stmt, fresh), {}, renamed);
}

Expr iteration_count(const Expr& extent, const VarRanges& ranges, const Facts& facts,
                     OriginId origin) {
  const Expr zero = make_int(0, origin);
  Expr dividend = extent;  // has the quotient's sign
  for (const Binary* node = as<Binary>(extent);
       node && node->op == Op::floor_divide && constant_of(node->rhs).value_or(0) > 0;
       node = as<Binary>(dividend)) {
    dividend = node->lhs;
  }
  const Expr condition = make_binary(Op::greater_equal, dividend, zero, origin);
  if (prove(condition, ranges, facts) == Verdict::proven) return extent;
  return simplify(make_binary(Op::maximum, extent, zero, origin));
}

bool is_allocated_in(const Stmt& stmt, BufferId buffer) {
  bool found = false;
  for_each_statement(stmt, [&](const Stmt& inner) {
    const Allocate* allocate = as<Allocate>(inner);
    found = found || (allocate && allocate->buffer == buffer);
  });
  return found;
}

bool has_allocation(const Stmt& stmt) {
  bool found = false;
  for_each_statement(stmt, [&](const Stmt& inner) { found |= as<Allocate>(inner) != nullptr; });
  return found;
}

std::optional<Refusal> refuse_names(const IndexedProgram& program, const RewriteCall& call,
                                    const std::vector<std::string>& replaced, VarId loop) {
  std::vector<std::string> taken = loop_names(program, call.stage);
  if (taken.size() >= max_loops) {
    return Refusal{fmt::format("a definition has at most {} loops", max_loops), loop, ""};
  }
  for (const std::string& name : replaced)
    std::erase(taken, name);
  for (const std::string& name : call.results) {
    const bool twice = std::count(call.results.begin(), call.results.end(), name) > 1;
    if (twice || std::find(taken.begin(), taken.end(), name) != taken.end()) {
      return Refusal{fmt::format("there is a loop '{}' already", name), loop, "choose other names"};
    }
  }
  return {};
}

bool is_in_loop_of(ForKind kind, const Stmt& kernel, VarId var) {
  bool found = false;
  for_each_statement(kernel, [&](const Stmt& stmt) {
    const For* loop = as<For>(stmt);
    if (!loop || loop->kind != kind) return;
    found = found || as<Var>(loop->var)->id == var || find_loop(loop->body, var) != nullptr;
  });
  return found;
}

void set_kind(IndexedProgram& program, BufferId stage, VarId var, ForKind kind,
              std::string_view rewrite) {
  const KernelIndex kernel = kernel_of(program, stage, var);
  const Stmt stmt = find_loop(program.body(kernel), var);
  const For& loop = *as<For>(stmt);
  const OriginId origin = program.origins().from_rewrite(std::string(rewrite), {stmt->origin});
  replace_loop(program, kernel, var,
               make_for(loop.var, loop.begin, loop.extent, kind, loop.stage, loop.body, origin));
}

}  // namespace tcc::ir

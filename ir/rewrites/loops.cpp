// Finding and replacing loops in a program.
#include "ir/rewrites/loops.h"

#include <algorithm>

#include "dsl/diagnostic.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

void for_each_loop_of(const LoopProgram& program, BufferId stage,
                      const std::function<void(const For&)>& f) {
  for (const Kernel& kernel : program.kernels) {
    for_each_statement(kernel.body, [&](const Stmt& stmt) {
      const For* loop = as<For>(stmt);
      if (loop && loop->stage == stage) f(*loop);
    });
  }
}

}  // namespace

const std::string& name_of(const For& loop) { return as<Var>(loop.var)->name; }

std::vector<VarId> loops_named(const LoopProgram& program, BufferId stage,
                               const std::string& name) {
  std::vector<VarId> found;
  for_each_loop_of(program, stage, [&](const For& loop) {
    if (name_of(loop) == name) found.push_back(as<Var>(loop.var)->id);
  });
  return found;
}

std::vector<std::string> loop_names(const LoopProgram& program, BufferId stage) {
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

std::size_t kernel_of(const LoopProgram& program, VarId var) {
  for (std::size_t k = 0; k < program.kernels.size(); ++k) {
    if (find_loop(program.kernels[k].body, var)) return k;
  }
  bug("a rewrite looks for a loop that is nowhere");
}

LoopProgram replace_loop(LoopProgram program, VarId var, const Stmt& replacement) {
  Kernel& kernel = program.kernels[kernel_of(program, var)];
  std::function<Stmt(const Stmt&)> replace = [&](const Stmt& stmt) {
    const For* loop = as<For>(stmt);
    if (loop && as<Var>(loop->var)->id == var) return replacement;
    return map_statements(stmt, replace);
  };
  kernel.body = replace(kernel.body);
  return program;
}

bool carries_reduction(const For& loop) {
  bool carries = false;
  const VarId var = as<Var>(loop.var)->id;
  for_each_statement(loop.body, [&](const Stmt& stmt) {
    const Store* store = as<Store>(stmt);
    if (!store || store->buffer != loop.stage) return;
    carries |= std::none_of(store->indices.begin(), store->indices.end(),
                            [&](const Expr& index) { return uses_var(index, var); });
  });
  return carries;
}

LoopProgram set_kind(LoopProgram program, VarId var, ForKind kind, std::string_view rewrite) {
  const Stmt stmt = find_loop(program.kernels[kernel_of(program, var)].body, var);
  const For& loop = *as<For>(stmt);
  const OriginId origin = program.origins.from_rewrite(std::string(rewrite), {stmt->origin});
  return replace_loop(
      std::move(program), var,
      make_for(loop.var, loop.begin, loop.extent, kind, loop.stage, loop.body, origin));
}

}  // namespace tcc::ir

// parallel: the iterations of a loop shared out over threads.
#include "ir/rewrites/parallel.h"

#include <fmt/format.h>

#include "ir/rewrites/dependences.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

template <typename Node> bool has(const Stmt& stmt) {
  bool found = false;
  for_each_statement(stmt, [&](const Stmt& inner) { found |= as<Node>(inner) != nullptr; });
  return found;
}

/// The vector or unrolled loop around loop `var`, if there is one.
const For* expanded_loop_around(const Stmt& body, VarId var) {
  const For* around = nullptr;
  for_each_statement(body, [&](const Stmt& stmt) {
    const For* loop = as<For>(stmt);
    const bool expanded =
        loop && (loop->kind == ForKind::vector || loop->kind == ForKind::unrolled);
    if (expanded && as<Var>(loop->var)->id != var && find_loop(loop->body, var)) around = loop;
  });
  return around;
}

std::optional<Refusal> refuse_parallel(const IndexedProgram& program, const Stmt& body,
                                       const For& loop) {
  const VarId var = as<Var>(loop.var)->id;
  const std::string& name = name_of(loop);
  if (loop.kind != ForKind::serial) {
    return Refusal{fmt::format("loop '{}' is {} already", name, name_of(loop.kind)), var, ""};
  }
  if (const For* around = expanded_loop_around(body, var)) {
    return Refusal{fmt::format("loop '{}' is inside {} loop '{}'", name, name_of(around->kind),
                               name_of(*around)),
                   var, "make a loop further out parallel"};
  }
  if (has<Assert>(loop.body)) {
    return Refusal{fmt::format("loop '{}' holds an assertion", name), var, ""};
  }
  return refuse_conflict(*program, body, loop);
}

}  // namespace

Rewritten parallel(IndexedProgram& program, const RewriteCall& call) {
  std::vector<VarId> chosen;
  for (const VarId var : call.loops("loop")) {
    const Stmt& body = program.body(kernel_of(program, call.stage, var));
    const For& loop = *as<For>(find_loop(body, var));
    if (!has<Store>(loop.body)) continue;
    if (auto refusal = refuse_parallel(program, body, loop)) return tl::unexpected(*refusal);
    chosen.push_back(var);
  }
  if (chosen.empty()) {
    return tl::unexpected(Refusal{fmt::format("loop '{}' only asserts", call["loop"].names.front()),
                                  call.loop("loop"), ""});
  }
  for (const VarId var : chosen)
    set_kind(program, call.stage, var, ForKind::parallel, "parallel");
  return {};
}

}  // namespace tcc::ir

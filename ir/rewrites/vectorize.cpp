// vectorize: the iterations of a loop done at once, as lanes.
#include "ir/rewrites/vectorize.h"

#include <fmt/format.h>

#include "ir/rewrites/dependences.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

std::optional<Refusal> refuse_vectorize(const IndexedProgram& program, BufferId stage, VarId var) {
  const Stmt& body = program.body(kernel_of(program, stage, var));
  const For& loop = *as<For>(find_loop(body, var));
  const auto extent = constant_of(loop.extent);
  const std::string& name = name_of(loop);
  if (loop.kind != ForKind::serial) {
    return Refusal{fmt::format("loop '{}' is {} already", name, name_of(loop.kind)), var, ""};
  }
  if (!extent || *extent < 1 || *extent > max_lanes) {
    return Refusal{
        fmt::format("the extent of loop '{}' is not a constant of 1 to {}", name, max_lanes), var,
        fmt::format("split it first, and vectorize the inner loop: o, i = split({}, 16)", name)};
  }
  if (auto refusal = refuse_conflict(*program, body, loop)) return refusal;
  if (is_in_loop_of(ForKind::vector, body, var)) {
    return Refusal{fmt::format("loop '{}' is inside a vector loop", name), var, ""};
  }
  if (auto obstacle = obstacle_to_lanes(loop)) {
    return Refusal{fmt::format("loop '{}' {}", name, *obstacle), var, ""};
  }
  return {};
}

}  // namespace

std::optional<std::string> obstacle_to_lanes(const For& loop) {
  std::optional<std::string> obstacle;
  const VarId var = as<Var>(loop.var)->id;
  for_each_statement(loop.body, [&](const Stmt& stmt) {
    if (as<Allocate>(stmt)) obstacle = "holds an allocation";
    if (as<Assert>(stmt)) obstacle = "holds an assertion";
    if (as<Prefetch>(stmt)) obstacle = "holds a prefetch";
    const For* inner = as<For>(stmt);
    if (!inner) return;
    if (inner->kind == ForKind::vector) obstacle = "has a vector loop inside";
    if (uses_var(inner->begin, var) || uses_var(inner->extent, var)) {
      obstacle = fmt::format("sets the bounds of loop '{}'", name_of(*inner));
    }
  });
  return obstacle;
}

Rewritten vectorize(IndexedProgram& program, const RewriteCall& call) {
  for (const VarId var : call.loops("loop")) {
    if (auto refusal = refuse_vectorize(program, call.stage, var)) return tl::unexpected(*refusal);
  }
  for (const VarId var : call.loops("loop"))
    set_kind(program, call.stage, var, ForKind::vector, "vectorize");
  return {};
}

}  // namespace tcc::ir

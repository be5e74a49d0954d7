// unroll: the iterations of a loop written out one after the other.
#include "ir/rewrites/unroll.h"

#include <fmt/format.h>

#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr std::int64_t max_copies = 4096;

/// The most copies of any statement that the unrolled loops of `stmt` make, `more` being unrolled.
std::int64_t copies_inside(const Stmt& stmt, VarId more) {
  if (const For* loop = as<For>(stmt)) {
    const bool expanded = loop->kind == ForKind::unrolled || as<Var>(loop->var)->id == more;
    const std::int64_t factor = expanded ? constant_of(loop->extent).value_or(1) : 1;
    return std::max<std::int64_t>(factor, 1) * copies_inside(loop->body, more);
  }
  if (const If* guard = as<If>(stmt)) return copies_inside(guard->body, more);
  std::int64_t most = 1;
  if (const Block* block = as<Block>(stmt)) {
    for (const Stmt& inner : block->statements)
      most = std::max(most, copies_inside(inner, more));
  }
  return most;
}

}  // namespace

Rewritten unroll(IndexedProgram& program, const RewriteCall& call) {
  for (const VarId var : call.loops("loop")) {
    const Stmt& body = program.body(kernel_of(program, call.stage, var));
    const For& loop = *as<For>(find_loop(body, var));
    const auto extent = constant_of(loop.extent);
    if (loop.kind != ForKind::serial) {
      return tl::unexpected(Refusal{
          fmt::format("loop '{}' is {} already", name_of(loop), name_of(loop.kind)), var, ""});
    }
    if (!extent) {
      return tl::unexpected(
          Refusal{fmt::format("the extent of loop '{}' is not a constant", name_of(loop)), var,
                  fmt::format("split it first, and unroll the inner loop: o, i = split({}, 4)",
                              name_of(loop))});
    }
    if (*extent > max_copies) {
      return tl::unexpected(
          Refusal{fmt::format("{} copies are more than {}", *extent, max_copies), var, ""});
    }
    const std::int64_t copies = copies_inside(body, var);
    if (copies > max_copies) {
      return tl::unexpected(
          Refusal{fmt::format("with the other unrolled loops that makes {} copies, more than {}",
                              copies, max_copies),
                  var, ""});
    }
  }
  for (const VarId var : call.loops("loop"))
    set_kind(program, call.stage, var, ForKind::unrolled, "unroll");
  return {};
}

}  // namespace tcc::ir

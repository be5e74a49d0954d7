// unroll: the iterations of a loop written out one after the other.
#include "ir/rewrites/unroll.h"

#include <fmt/format.h>

#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr std::int64_t max_copies = 4096;

/// The most copies of any statement that the unrolled loops of `stmt` make.
std::int64_t copies_inside(const Stmt& stmt) {
  if (const For* loop = as<For>(stmt)) {
    const bool expanded = loop->kind == ForKind::unrolled;
    const std::int64_t factor = expanded ? constant_of(loop->extent).value_or(1) : 1;
    return std::max<std::int64_t>(factor, 1) * copies_inside(loop->body);
  }
  if (const If* guard = as<If>(stmt)) return copies_inside(guard->body);
  std::int64_t most = 1;
  if (const Block* block = as<Block>(stmt)) {
    for (const Stmt& inner : block->statements)
      most = std::max(most, copies_inside(inner));
  }
  return most;
}

}  // namespace

Rewritten unroll(LoopProgram program, const RewriteCall& call) {
  for (const VarId var : call.loops) {
    const Stmt& body = program.kernels[kernel_of(program, var)].body;
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
    LoopProgram unrolled = set_kind(program, var, ForKind::unrolled, "unroll");
    const std::int64_t copies = copies_inside(unrolled.kernels[kernel_of(unrolled, var)].body);
    if (copies > max_copies) {
      return tl::unexpected(
          Refusal{fmt::format("with the other unrolled loops that makes {} copies, more than {}",
                              copies, max_copies),
                  var, ""});
    }
    program = std::move(unrolled);
  }
  return program;
}

}  // namespace tcc::ir

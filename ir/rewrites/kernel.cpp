// kernel: what is launched as one.
#include "ir/rewrites/kernel.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/rewrites/loops.h"

namespace tcc::ir {

namespace {

Refusal no_kernel(const IndexedProgram& program, BufferId buffer) {
  const std::string& name = program[buffer].name;
  if (program[buffer].use == BufferUse::input) {
    return {fmt::format("'{}' is an input", name), {}, ""};
  }
  return {fmt::format("'{}' has no kernel of its own any more", name),
          {},
          fmt::format("leave out what puts '{}' elsewhere: inline, compute_at or kernel", name)};
}

/// The first buffer of which one kernel stores what the other accesses.
std::optional<BufferId> shared_buffer(const IndexedProgram& program, KernelIndex a, KernelIndex b) {
  const auto conflict = [&](KernelIndex writer, KernelIndex other) -> std::optional<BufferId> {
    for (const BufferId buffer : program.stored_by(writer)) {
      if (program.readers_of(buffer).contains(other) || program.writers_of(buffer).contains(other))
        return buffer;
    }
    return {};
  };
  const auto first = conflict(a, b);
  return first ? first : conflict(b, a);
}

std::optional<Refusal> refuse_move(const IndexedProgram& program, const KernelSet& moved,
                                   KernelIndex last) {
  for (const KernelIndex kernel : moved) {
    const std::string& name = program->kernels[kernel].name;
    if (kernel >= last) {
      return Refusal{
          fmt::format("'{}' is computed after '{}'", name, program->kernels[last].name), {}, ""};
    }
    for (KernelIndex between = kernel + 1; between < last; ++between) {
      if (moved.contains(between) || !program.body(between)) continue;
      const auto shared = shared_buffer(program, kernel, between);
      if (!shared) continue;
      return Refusal{
          fmt::format("kernel '{}' stands between '{}' and '{}', and both it and '{}' "
                      "access '{}'",
                      program->kernels[between].name, name, program->kernels[last].name, name,
                      program[*shared].name),
          {},
          fmt::format("name '{}' as well, if it can move", program->kernels[between].name)};
    }
  }
  return {};
}

}  // namespace

Rewritten kernel(IndexedProgram& program, const RewriteCall& call) {
  const auto last = program.kernel_named_as(call.stage);
  if (!last) return tl::unexpected(no_kernel(program, call.stage));
  if (!call.has("definitions")) return {};
  KernelSet moved;
  for (const BufferId buffer : call["definitions"].tensors) {
    const auto own = program.kernel_named_as(buffer);
    if (!own) return tl::unexpected(no_kernel(program, buffer));
    if (*own == *last) {
      return tl::unexpected(
          Refusal{fmt::format("this block is the schedule of '{}' itself", program[buffer].name),
                  {},
                  "name what its kernel is to compute first"});
    }
    if (!moved.insert(*own).second) {
      return tl::unexpected(
          Refusal{fmt::format("'{}' is named twice", program[buffer].name), {}, ""});
    }
  }
  if (auto refusal = refuse_move(program, moved, *last)) return tl::unexpected(*refusal);
  std::vector<OriginId> parents;
  std::vector<Stmt> nests;
  for (const KernelIndex each : moved)
    nests.push_back(program.body(each));
  nests.push_back(program.body(*last));
  for (const Stmt& nest : nests)
    parents.push_back(nest->origin);
  for (const KernelIndex each : moved)
    program.dissolve(each);
  const OriginId origin = program.origins().from_rewrite("kernel", std::move(parents));
  program.set_body(*last, make_block(std::move(nests), origin));
  return {};
}

}  // namespace tcc::ir

// compute_at: a definition computed piece by piece, where a loop of its reader needs the piece.
#include "ir/rewrites/compute_at.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/rewrites/guard.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/producer.h"
#include "ir/rewrites/region.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// The producer's nest over the region, guarded where the region may leave the tensor.
Stmt nest_over_region(IndexedProgram& program, const Producer& producer, const Region& region,
                      BufferId buffer, VarRanges ranges, OriginId origin) {
  std::vector<std::string> names;
  for (const Stmt& loop : producer.loops)
    names.push_back(name_of(*as<For>(loop)));
  const auto body_at = [&](const std::vector<Expr>&, const std::vector<Expr>& places) {
    Substitution values;
    for (std::size_t axis = 0; axis < places.size(); ++axis)
      values[as<Var>(as<For>(producer.loops[axis])->var)->id] = places[axis];
    const Stmt body = simplify_expressions(substitute(producer.body, values));
    return move_accesses(body, buffer, buffer, region);
  };
  return over_region(program, region, program[buffer].shape, buffer, std::move(ranges), origin,
                     body_at, names);
}

std::optional<Refusal> refuse_compute_at(const IndexedProgram& program, BufferId buffer,
                                         const Stmt& loop) {
  const std::string& name = program[buffer].name;
  const VarId var = as<Var>(as<For>(loop)->var)->id;
  if (program[buffer].use == BufferUse::output) {
    return Refusal{fmt::format("'{}' is an output, and must be there as a whole", name), {}, ""};
  }
  if (!reads(as<For>(loop)->body, buffer)) {
    return Refusal{fmt::format("loop '{}' does not read '{}'", name_of(*as<For>(loop)), name), var,
                   ""};
  }
  if (reads_guarded(as<For>(loop)->body, buffer)) {
    return Refusal{fmt::format("'{}' is read under a guard", name), var, ""};
  }
  std::size_t all = 0;
  std::size_t inside = 0;
  auto count = [&](std::size_t& total) { return [&](const Load&, const VarRanges&) { ++total; }; };
  for (const KernelIndex kernel : program.readers_of(buffer)) {
    if (program->kernels[kernel].name != name) {
      for_each_read(program.body(kernel), buffer, {}, count(all));
    }
  }
  for_each_read(as<For>(loop)->body, buffer, {}, count(inside));
  if (all == inside) return {};
  return Refusal{fmt::format("'{}' is read outside loop '{}' too", name, name_of(*as<For>(loop))),
                 var, "compute it at a loop further out"};
}

}  // namespace

Rewritten compute_at(IndexedProgram& program, const RewriteCall& call) {
  const BufferId buffer = call.tensor("definition");
  const VarId var = call.loop("loop");
  auto producer = find_producer(program, buffer, call.stage);
  if (!producer) return tl::unexpected(producer.error());
  const KernelIndex kernel = kernel_of(program, call.stage, var);
  const Stmt stmt = find_loop(program.body(kernel), var);
  if (auto refusal = refuse_compute_at(program, buffer, stmt)) return tl::unexpected(*refusal);

  const For& loop = *as<For>(stmt);
  if (is_in_loop_of(ForKind::vector, program.body(kernel), var)) {
    return tl::unexpected(Refusal{fmt::format("loop '{}' is done lane by lane", name_of(loop)), var,
                                  "compute at a loop around the vector loop"});
  }
  const OriginId origin = program.origins().from_rewrite(
      "compute_at", {stmt->origin, program.body(producer->kernel)->origin});
  auto region = region_accessed(loop, buffer, program->facts, origin);
  if (!region) return tl::unexpected(region.error());
  Stmt nest = nest_over_region(program, *producer, *region, buffer,
                               ranges_around(program.body(kernel), var), origin);
  Buffer& local = program.change_buffer(buffer);
  local.memory = memory_for(region->extent, local.dtype);
  local.shape = region->extent;
  local.use = BufferUse::local;
  Stmt body = make_block({make_allocate(buffer, origin), std::move(nest),
                          move_accesses(loop.body, buffer, buffer, *region)},
                         origin);
  replace_loop(
      program, kernel, var,
      make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage, std::move(body), origin));
  program.remove(producer->kernel);
  return {};
}

}  // namespace tcc::ir

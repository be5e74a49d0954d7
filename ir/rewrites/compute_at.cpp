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
  const std::vector<Expr> shape = program[buffer].shape;
  const Expr zero = make_int(0, origin);
  Substitution values;
  std::vector<Expr> vars;
  for (std::size_t axis = 0; axis < producer.loops.size(); ++axis) {
    const For& loop = *as<For>(producer.loops[axis]);
    vars.push_back(make_var(program.fresh_var(), name_of(loop), origin));
    ranges[as<Var>(vars[axis])->id] = {zero, region.extent[axis]};
    values[as<Var>(loop.var)->id] =
        simplify(make_binary(Op::add, region.offset[axis], vars[axis], origin));
  }
  Stmt nest = simplify_expressions(substitute(producer.body, values));
  nest = move_accesses(nest, buffer, buffer, region);
  for (std::size_t axis = producer.loops.size(); axis-- > 0;) {
    const For& loop = *as<For>(producer.loops[axis]);
    const Expr inside =
        make_binary(Op::less, values.at(as<Var>(loop.var)->id), shape[axis], origin);
    nest = guarded(program, std::move(nest),
                   {inside, ranges, "compute_at", producer.loops[axis]->origin});
    nest = make_for(vars[axis], zero, region.extent[axis], ForKind::serial, buffer, nest, origin);
  }
  return nest;
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
  if (is_in_vector_loop(program.body(kernel), var)) {
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

// compute_at: a definition computed piece by piece, where a loop of its reader needs the piece.
#include "ir/rewrites/compute_at.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/rewrites/guard.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/producer.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// The part of a tensor that one iteration of the loop reads: an offset and an extent an axis.
struct Region {
  std::vector<Expr> offset;
  std::vector<Expr> extent;
};

constexpr std::int64_t max_stack_bytes = 64 * 1024;
constexpr std::int64_t max_register_bytes = 8 * 1024;

/// All reads of `buffer` below `body`, with the ranges of the loops between `body` and each.
void for_each_read(const Stmt& body, BufferId buffer, const VarRanges& around,
                   const std::function<void(const Load&, const VarRanges&)>& f) {
  VarRanges ranges = around;
  if (const For* loop = as<For>(body)) {
    ranges[as<Var>(loop->var)->id] = {loop->begin, loop->extent};
    for_each_read(loop->body, buffer, ranges, f);
    return;
  }
  map_expressions(body, [&](const Expr& expr) {
    for (const Expr& node : post_order(expr)) {
      const Load* load = as<Load>(node);
      if (load && load->buffer == buffer) f(*load, ranges);
    }
    return expr;
  });
  map_statements(body, [&](const Stmt& inner) {
    for_each_read(inner, buffer, ranges, f);
    return inner;
  });
}

/// The smaller of two offsets, where their distance is known.
std::optional<Expr> smaller(const Expr& a, const Expr& b, OriginId origin) {
  const Expr difference = simplify(make_binary(Op::subtract, a, b, origin));
  auto constant = constant_of(difference);
  if (!constant) return {};
  return *constant <= 0 ? a : b;
}

/// Widens `region` by the range of one index.
bool include(Region& region, std::size_t axis, const Interval& interval, OriginId origin) {
  if (axis == region.offset.size()) {
    region.offset.push_back(interval.lowest);
    region.extent.push_back(interval.highest);  // the last index, until all reads are in
    return true;
  }
  auto lowest = smaller(region.offset[axis], interval.lowest, origin);
  auto other = smaller(region.extent[axis], interval.highest, origin);
  if (!lowest || !other) return false;
  region.offset[axis] = *lowest;
  if (other->same_as(region.extent[axis])) region.extent[axis] = interval.highest;
  return true;
}

/// The extent itself where it is never negative: a region of loops without iterations may be.
Expr at_least_zero(const Expr& extent, const Facts& facts, OriginId origin) {
  const Expr zero = make_int(0, origin);
  const Expr condition = make_binary(Op::greater_equal, extent, zero, origin);
  if (prove(condition, {}, facts) == Verdict::proven) return extent;
  return simplify(make_binary(Op::maximum, extent, zero, origin));
}

tl::expected<Region, Refusal> region_read(const For& loop, BufferId buffer, const Facts& facts,
                                          OriginId origin) {
  Region region;
  std::optional<std::size_t> bad_axis;
  for_each_read(loop.body, buffer, {}, [&](const Load& load, const VarRanges& ranges) {
    for (std::size_t axis = 0; axis < load.indices.size(); ++axis) {
      auto interval = interval_of(load.indices[axis], ranges, origin);
      if (!interval || !include(region, axis, *interval, origin)) bad_axis = axis;
      if (bad_axis) return;
    }
  });
  if (bad_axis) {
    return tl::unexpected(Refusal{
        fmt::format("what loop '{}' reads of axis {} is no interval", name_of(loop), *bad_axis),
        as<Var>(loop.var)->id, ""});
  }
  for (std::size_t axis = 0; axis < region.extent.size(); ++axis) {
    const Expr length = make_binary(Op::subtract, region.extent[axis], region.offset[axis], origin);
    region.extent[axis] = at_least_zero(
        simplify(make_binary(Op::add, length, make_int(1, origin), origin)), facts, origin);
  }
  return region;
}

Memory memory_for(const Region& region, DType dtype) {
  std::int64_t bytes = static_cast<std::int64_t>(size_in_bytes(dtype));
  for (const Expr& extent : region.extent) {
    auto constant = constant_of(extent);
    if (!constant || __builtin_mul_overflow(bytes, *constant, &bytes)) return Memory::heap;
  }
  if (bytes > max_stack_bytes) return Memory::heap;
  return bytes > max_register_bytes ? Memory::stack : Memory::registers;
}

/// Accesses of `buffer` moved to the origin of its region.
Stmt move_accesses(const Stmt& root, BufferId buffer, const Region& region) {
  auto moved = [&](std::vector<Expr> indices) {
    for (std::size_t axis = 0; axis < indices.size(); ++axis) {
      indices[axis] = simplify(
          make_binary(Op::subtract, indices[axis], region.offset[axis], indices[axis]->origin));
    }
    return indices;
  };
  auto on_expr = [&](const Expr& expr) {
    const Load* load = as<Load>(expr);
    if (!load || load->buffer != buffer) return expr;
    return make_load(expr->type.dtype, buffer, moved(load->indices), expr->origin, load->predicate);
  };
  auto on_stmt = [&](const Stmt& stmt) -> Stmt {
    const Store* store = as<Store>(stmt);
    if (!store || store->buffer != buffer) return stmt;
    return make_store(buffer, moved(store->indices), store->value, stmt->origin, store->predicate);
  };
  return rewrite(root, on_expr, on_stmt);
}

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
  nest = move_accesses(nest, buffer, region);
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

/// A vector loop at `var` or around it: an allocation cannot stand in it.
bool is_in_vector_loop(const Stmt& kernel, VarId var) {
  bool found = false;
  for_each_statement(kernel, [&](const Stmt& stmt) {
    const For* loop = as<For>(stmt);
    if (!loop || loop->kind != ForKind::vector) return;
    found = found || as<Var>(loop->var)->id == var || find_loop(loop->body, var) != nullptr;
  });
  return found;
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
  auto region = region_read(loop, buffer, program->facts, origin);
  if (!region) return tl::unexpected(region.error());
  Stmt nest = nest_over_region(program, *producer, *region, buffer,
                               ranges_around(program.body(kernel), var), origin);
  Buffer& local = program.change_buffer(buffer);
  local.memory = memory_for(*region, local.dtype);
  local.shape = region->extent;
  local.use = BufferUse::local;
  Stmt body = make_block(
      {make_allocate(buffer, origin), std::move(nest), move_accesses(loop.body, buffer, *region)},
      origin);
  replace_loop(
      program, kernel, var,
      make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage, std::move(body), origin));
  program.remove(producer->kernel);
  return {};
}

}  // namespace tcc::ir

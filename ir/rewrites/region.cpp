// Regions of tensors from the bounds of loops.
#include "ir/rewrites/region.h"

#include <fmt/format.h>

#include "ir/affine/prove.h"
#include "ir/affine/simplify.h"
#include "ir/printer.h"
#include "ir/rewrites/guard.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr std::int64_t max_stack_bytes = 64 * 1024;
constexpr std::int64_t max_register_bytes = 8 * 1024;

using Indices = std::vector<Expr>;

/// A load from the buffer, or null for a store to it; its indices; the loops in between.
using Access = std::function<void(const Load*, const Indices&, const VarRanges&)>;

/// Every access of `buffer` below `body`, with the ranges of the loops in between added to
/// `ranges`.
void for_each_access(const Stmt& body, BufferId buffer, VarRanges ranges, const Access& f) {
  if (const For* loop = as<For>(body)) {
    ranges[as<Var>(loop->var)->id] = {loop->begin, loop->extent};
    for_each_access(loop->body, buffer, std::move(ranges), f);
    return;
  }
  map_expressions(body, [&](const Expr& expr) {
    for (const Expr& node : post_order(expr)) {
      const Load* load = as<Load>(node);
      if (load && load->buffer == buffer) f(load, load->indices, ranges);
    }
    return expr;
  });
  const Store* store = as<Store>(body);
  if (store && store->buffer == buffer) f(nullptr, store->indices, ranges);
  map_statements(body, [&](const Stmt& inner) {
    for_each_access(inner, buffer, ranges, f);
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
    region.extent.push_back(interval.highest);  // the last index, until all accesses are in
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

/// Variables that `let`s below the loop declare: of no meaning around it.
std::vector<VarId> lets_inside(const For& loop) {
  std::vector<VarId> lets;
  for_each_statement(loop.body, [&](const Stmt& stmt) {
    if (const Let* let = as<Let>(stmt)) lets.push_back(as<Var>(let->var)->id);
  });
  return lets;
}

/// Memory has a size that is known before the loops around it run.
bool is_over_sizes(const Expr& extent, const Facts& facts) {
  const std::vector<Expr> nodes = post_order(extent);
  return std::all_of(nodes.begin(), nodes.end(), [&](const Expr& node) {
    const Var* var = as<Var>(node);
    const auto is_it = [&](const SizeFact& fact) { return fact.var == var->id; };
    return !as<Load>(node) && (!var || std::any_of(facts.sizes.begin(), facts.sizes.end(), is_it));
  });
}

bool uses_any(const Interval& interval, const std::vector<VarId>& vars) {
  for (const VarId var : vars) {
    if (uses_var(interval.lowest, var) || uses_var(interval.highest, var)) return true;
  }
  return false;
}

}  // namespace

void for_each_read(const Stmt& body, BufferId buffer, const VarRanges& around,
                   const std::function<void(const Load&, const VarRanges&)>& f) {
  for_each_access(body, buffer, around,
                  [&](const Load* load, const Indices&, const VarRanges& ranges) {
                    if (load) f(*load, ranges);
                  });
}

tl::expected<Region, Refusal> region_accessed(const For& loop, BufferId buffer, const Facts& facts,
                                              OriginId origin) {
  Region region;
  std::optional<std::size_t> bad_axis;
  const std::vector<VarId> lets = lets_inside(loop);
  for_each_access(loop.body, buffer, {},
                  [&](const Load*, const Indices& indices, const VarRanges& ranges) {
                    for (std::size_t axis = 0; axis < indices.size() && !bad_axis; ++axis) {
                      const auto interval = interval_of(indices[axis], ranges, origin);
                      const bool known = interval && !uses_any(*interval, lets);
                      if (!known || !include(region, axis, *interval, origin)) bad_axis = axis;
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
    if (is_over_sizes(region.extent[axis], facts)) continue;
    return tl::unexpected(Refusal{
        fmt::format("how much loop '{}' reads of axis {} differs from iteration to iteration",
                    name_of(loop), axis),
        as<Var>(loop.var)->id, ""});
  }
  return region;
}

Memory memory_for(const std::vector<Expr>& extent, DType dtype) {
  std::int64_t bytes = static_cast<std::int64_t>(size_in_bytes(dtype));
  for (const Expr& each : extent) {
    auto constant = constant_of(each);
    if (!constant || __builtin_mul_overflow(bytes, *constant, &bytes)) return Memory::heap;
  }
  if (bytes > max_stack_bytes) return Memory::heap;
  return bytes > max_register_bytes ? Memory::stack : Memory::registers;
}

Stmt move_accesses(const Stmt& root, BufferId from, BufferId to, const Region& region) {
  auto moved = [&](Indices indices) {
    for (std::size_t axis = 0; axis < indices.size(); ++axis) {
      indices[axis] = simplify(
          make_binary(Op::subtract, indices[axis], region.offset[axis], indices[axis]->origin));
    }
    return indices;
  };
  auto on_expr = [&](const Expr& expr) {
    const Load* load = as<Load>(expr);
    if (!load || load->buffer != from) return expr;
    return make_load(expr->type.dtype, to, moved(load->indices), expr->origin, load->predicate);
  };
  auto on_stmt = [&](const Stmt& stmt) -> Stmt {
    const Store* store = as<Store>(stmt);
    if (!store || store->buffer != from) return stmt;
    return make_store(to, moved(store->indices), store->value, stmt->origin, store->predicate);
  };
  return rewrite(root, on_expr, on_stmt);
}

Stmt over_region(IndexedProgram& program, const Region& region, const std::vector<Expr>& shape,
                 BufferId stage, VarRanges around, OriginId origin, const AtElement& at_element,
                 const std::vector<std::string>& names) {
  const Expr zero = make_int(0, origin);
  std::vector<Expr> vars;
  std::vector<Expr> places;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const std::string name = names.empty() ? fmt::format("i{}", axis) : names[axis];
    vars.push_back(make_var(program.fresh_var(), name, origin));
    around[as<Var>(vars[axis])->id] = {zero, region.extent[axis]};
    places.push_back(simplify(make_binary(Op::add, region.offset[axis], vars[axis], origin)));
  }
  Stmt nest = at_element(vars, places);
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    for (const Expr& inside : {make_binary(Op::less, places[axis], shape[axis], origin),
                               make_binary(Op::greater_equal, places[axis], zero, origin)}) {
      nest = guarded(program, std::move(nest),
                     {inside, around, program.origins()[origin].rewrite, origin});
    }
    nest = make_for(vars[axis], zero, region.extent[axis], ForKind::serial, stage, std::move(nest),
                    origin);
  }
  return nest;
}

}  // namespace tcc::ir

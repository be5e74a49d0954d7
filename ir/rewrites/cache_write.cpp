// cache_write: a definition stored to a local copy of the part that a loop writes.
#include "ir/rewrites/cache_write.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/affine/polynomial.h"
#include "ir/affine/simplify.h"
#include "ir/rewrites/local_copy.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/producer.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

using Indices = std::vector<Expr>;

enum class AccessKind : std::uint8_t { load, store, masked_store };

/// A load or store with what is around it inside the loop of the cache.
struct Access {
  AccessKind kind;
  Indices indices;
  std::vector<const For*> loops;
  std::vector<Expr> guards;  ///< conjuncts
};

/// In the order in which the text does them.
void collect_accesses(const Stmt& stmt, BufferId buffer, Access around,
                      std::vector<Access>& found) {
  if (const For* loop = as<For>(stmt)) around.loops.push_back(loop);
  if (const If* guard = as<If>(stmt)) {
    const auto conditions = conjuncts(guard->condition);
    around.guards.insert(around.guards.end(), conditions.begin(), conditions.end());
  }
  const auto add = [&](AccessKind kind, const Indices& indices) {
    found.push_back({kind, indices, around.loops, around.guards});
  };
  map_expressions(stmt, [&](const Expr& expr) {
    for (const Expr& node : post_order(expr)) {
      const Load* load = as<Load>(node);
      if (load && load->buffer == buffer) add(AccessKind::load, load->indices);
    }
    return expr;
  });
  const Store* store = as<Store>(stmt);
  if (store && store->buffer == buffer) {
    add(store->predicate ? AccessKind::masked_store : AccessKind::store, store->indices);
  }
  map_statements(stmt, [&](const Stmt& inner) {
    collect_accesses(inner, buffer, around, found);
    return inner;
  });
}

/// Whether `index` takes every value from its lowest to its highest one as the loops run: each
/// stride is at most as long as what the smaller ones reach.
bool is_dense(const Expr& index, const std::vector<const For*>& loops) {
  const auto polynomial = Polynomial::from(index);
  if (!polynomial) return false;
  std::vector<std::pair<std::int64_t, const For*>> strides;
  for (const For* loop : loops) {
    const auto stride = polynomial->coefficient(as<Var>(loop->var)->id);
    if (!stride || *stride < 0) return false;
    if (*stride > 0) strides.emplace_back(*stride, loop);
  }
  std::sort(strides.begin(), strides.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::int64_t reach = 1;
  for (std::size_t s = 0; s < strides.size(); ++s) {
    const auto extent = constant_of(strides[s].second->extent);
    const bool is_last = s + 1 == strides.size();
    if (strides[s].first > reach || (!extent && !is_last)) return false;
    std::int64_t more = 0;
    if (!extent) continue;
    if (__builtin_mul_overflow(strides[s].first, *extent - 1, &more) ||
        __builtin_add_overflow(reach, more, &reach)) {
      return false;
    }
  }
  return true;
}

/// Whether a store reaches every element of `region` that is inside `shape`: no two axes share a
/// loop, none leaves an index out, and the guards only keep it inside.
bool reaches_all(const Access& inside, const Region& region, const std::vector<Expr>& shape) {
  const Indices& indices = inside.indices;
  if (inside.kind != AccessKind::store) return false;
  VarRanges ranges;
  for (const For* loop : inside.loops) {
    const VarId var = as<Var>(loop->var)->id;
    ranges[var] = {loop->begin, loop->extent};
    if (std::count_if(indices.begin(), indices.end(),
                      [&](const Expr& index) { return uses_var(index, var); }) > 1) {
      return false;
    }
  }
  for (std::size_t axis = 0; axis < indices.size(); ++axis) {
    const auto interval = interval_of(indices[axis], ranges, indices[axis]->origin);
    if (!interval || !is_dense(indices[axis], inside.loops)) return false;
    const OriginId origin = indices[axis]->origin;
    const Expr last = make_binary(
        Op::subtract, make_binary(Op::add, region.offset[axis], region.extent[axis], origin),
        make_int(1, origin), origin);
    if (!same_value(interval->lowest, region.offset[axis])) return false;
    if (!same_value(interval->highest, last)) return false;
  }
  return std::all_of(inside.guards.begin(), inside.guards.end(), [&](const Expr& guard) {
    const Binary* less = as<Binary>(guard);
    if (!less || less->op != Op::less) return false;
    for (std::size_t axis = 0; axis < indices.size(); ++axis) {
      if (same_value(less->lhs, indices[axis]) && same_value(less->rhs, shape[axis])) return true;
    }
    return false;
  });
}

/// What one iteration does first with its region.
enum class FirstAccess : std::uint8_t {
  stores_all,
  reads,  ///< or stores to a part of it
};

/// Whether an element of `later` was stored to by `first` in the same iteration of the loops that
/// both are in: on each axis the indices are the same, or `first` has been through the whole axis.
bool comes_after(const Access& first, const Access& later) {
  const auto [end, unused] =
      std::mismatch(first.loops.begin(), first.loops.end(), later.loops.begin(), later.loops.end());
  for (std::size_t axis = 0; axis < first.indices.size(); ++axis) {
    const Expr& index = first.indices[axis];
    const bool moves = std::any_of(first.loops.begin(), end, [&](const For* loop) {
      return uses_var(index, as<Var>(loop->var)->id);
    });
    if (moves && !same_value(index, later.indices[axis])) return false;
  }
  return true;
}

FirstAccess first_access_to(const For& loop, BufferId buffer, const Region& region,
                            const std::vector<Expr>& shape) {
  std::vector<Access> accesses;
  collect_accesses(loop.body, buffer, {}, accesses);
  const Access& first = accesses.front();
  const bool all = reaches_all(first, region, shape) &&
                   std::all_of(accesses.begin(), accesses.end(),
                               [&](const Access& later) { return comes_after(first, later); });
  return all ? FirstAccess::stores_all : FirstAccess::reads;
}

/// Elements of a region that an iteration does not store to belong to others, which run beside it.
bool is_whole(const For& loop, BufferId buffer, const Region& region,
              const std::vector<Expr>& shape) {
  std::vector<Access> accesses;
  collect_accesses(loop.body, buffer, {}, accesses);
  return std::any_of(accesses.begin(), accesses.end(),
                     [&](const Access& inside) { return reaches_all(inside, region, shape); });
}

/// Whether the buffer is initialized before the loop is reached: steps of a recurrence, or of a
/// reduction that goes on, are no initialization of what comes after them.
bool is_initialized_before(const Stmt& kernel, VarId var, BufferId buffer) {
  bool reached = false;
  bool stored = false;
  for_each_statement(kernel, [&](const Stmt& stmt) {
    reached = reached || (as<For>(stmt) && as<Var>(as<For>(stmt)->var)->id == var);
    const Store* store = as<Store>(stmt);
    stored = stored ||
             (!reached && store && store->buffer == buffer && !loads_from(store->value, buffer));
  });
  return stored;
}

std::optional<Refusal> refuse_cache_write(const IndexedProgram& program, BufferId stage,
                                          const Place& place) {
  const std::string& name = program[stage].name;
  if (!stores(place.stmt, stage)) {
    return Refusal{fmt::format("loop '{}' does not store to '{}'", name_of(place.loop()), name),
                   place.var, ""};
  }
  if (is_allocated_in(place.stmt, stage)) {
    return Refusal{fmt::format("each iteration of loop '{}' has a '{}' of its own already",
                               name_of(place.loop()), name),
                   place.var, ""};
  }
  return {};
}

/// Refuses regions of which an iteration stores to a part only, where the rest is not known yet, or
/// is written by iterations that run beside it.
std::optional<Refusal> refuse_parts(const IndexedProgram& program, BufferId stage,
                                    const Place& place, const Region& region, FirstAccess first) {
  const Stmt& kernel = program.body(place.kernel);
  constexpr std::string_view help = "split with factors that divide each other";
  // What goes on adding to elements finds all of them there; what only stores to some does not.
  const bool finds_all =
      reads(place.loop().body, stage) && is_initialized_before(kernel, place.var, stage);
  if (first == FirstAccess::reads && !finds_all) {
    return Refusal{
        fmt::format("one iteration of loop '{}' stores to parts of its region of '{}' only",
                    name_of(place.loop()), program[stage].name),
        place.var, std::string(help)};
  }
  const bool whole = is_whole(place.loop(), stage, region, program[stage].shape);
  if (is_in_loop_of(ForKind::parallel, kernel, place.var) && !whole) {
    return Refusal{"parts of the region belong to iterations that run beside it", place.var,
                   std::string(help)};
  }
  return {};
}

}  // namespace

Rewritten cache_write(IndexedProgram& program, const RewriteCall& call) {
  const BufferId stage = call.stage;
  const auto place = place_of(program, call);
  if (!place) return tl::unexpected(place.error());
  if (auto refusal = refuse_cache_write(program, stage, *place)) return tl::unexpected(*refusal);
  const OriginId origin = program.origins().from_rewrite("cache_write", {place->stmt->origin});
  const auto region = region_accessed(place->loop(), stage, program->facts, origin);
  if (!region) return tl::unexpected(region.error());
  const DType dtype = program[stage].dtype;
  const auto memory = memory_of_scope(call.word("scope"), region->extent, dtype, place->var);
  if (!memory) return tl::unexpected(memory.error());
  const auto name = name_of_result(program, call, program[stage].name + ".cache");
  if (!name) return tl::unexpected(name.error());
  const std::vector<Expr> shape = program[stage].shape;
  const FirstAccess first = first_access_to(place->loop(), stage, *region, shape);
  if (auto refusal = refuse_parts(program, stage, *place, *region, first)) {
    return tl::unexpected(*refusal);
  }

  const BufferId copy =
      program.add_buffer({*name, dtype, region->extent, *memory, BufferUse::local, origin});
  const VarRanges around = ranges_around(program.body(place->kernel), place->var);
  const auto transfer = [&](BufferId to, BufferId from) {
    return over_region(program, *region, shape, copy, around, origin,
                       [&](const std::vector<Expr>& local, const std::vector<Expr>& at) {
                         const auto& target = to == copy ? local : at;
                         const auto& source = to == copy ? at : local;
                         return make_store(to, target, make_load(dtype, from, source, origin),
                                           origin);
                       });
  };
  std::vector<Stmt> body = {make_allocate(copy, origin)};
  if (first == FirstAccess::reads) body.push_back(transfer(copy, stage));
  body.push_back(move_accesses(place->loop().body, stage, copy, *region));
  body.push_back(transfer(stage, copy));
  replace_body(program, *place, std::move(body), origin);
  return {};
}

}  // namespace tcc::ir

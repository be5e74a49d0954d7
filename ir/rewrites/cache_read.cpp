// cache_read: a tensor read from a local copy of the part that a loop needs.
#include "ir/rewrites/cache_read.h"

#include <fmt/format.h>

#include "ir/rewrites/local_copy.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/producer.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

std::optional<Refusal> refuse_cache_read(const IndexedProgram& program, BufferId tensor,
                                         const Place& place) {
  const std::string& name = program[tensor].name;
  if (stores(place.stmt, tensor)) {
    return Refusal{fmt::format("loop '{}' stores to '{}' too", name_of(place.loop()), name),
                   place.var, "copies of what is stored are made by cache_write"};
  }
  if (!reads(place.loop().body, tensor)) {
    return Refusal{fmt::format("loop '{}' does not read '{}'", name_of(place.loop()), name),
                   place.var, ""};
  }
  return {};
}

}  // namespace

Rewritten cache_read(IndexedProgram& program, const RewriteCall& call) {
  const BufferId tensor = call.tensor("tensor");
  const auto place = place_of(program, call);
  if (!place) return tl::unexpected(place.error());
  if (auto refusal = refuse_cache_read(program, tensor, *place)) return tl::unexpected(*refusal);
  const OriginId origin = program.origins().from_rewrite("cache_read", {place->stmt->origin});
  const auto region = region_accessed(place->loop(), tensor, program->facts, origin);
  if (!region) return tl::unexpected(region.error());
  const DType dtype = program[tensor].dtype;
  const auto memory = memory_of_scope(call.word("scope"), region->extent, dtype, place->var);
  if (!memory) return tl::unexpected(memory.error());
  const auto name = name_of_result(program, call, program[tensor].name + ".cache");
  if (!name) return tl::unexpected(name.error());

  const BufferId copy =
      program.add_buffer({*name, dtype, region->extent, *memory, BufferUse::local, origin});
  Stmt fill =
      over_region(program, *region, program[tensor].shape, copy,
                  ranges_around(program.body(place->kernel), place->var), origin,
                  [&](const std::vector<Expr>& local, const std::vector<Expr>& at) {
                    return make_store(copy, local, make_load(dtype, tensor, at, origin), origin);
                  });
  replace_body(program, *place,
               {make_allocate(copy, origin), std::move(fill),
                move_accesses(place->loop().body, tensor, copy, *region)},
               origin);
  return {};
}

}  // namespace tcc::ir

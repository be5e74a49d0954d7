// Local copies of tensors.
#include "ir/rewrites/local_copy.h"

#include <fmt/format.h>

#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

tl::expected<Place, Refusal> place_of(const IndexedProgram& program, const RewriteCall& call) {
  Place place{};
  place.var = call.loop("at");
  place.kernel = kernel_of(program, call.stage, place.var);
  place.stmt = find_loop(program.body(place.kernel), place.var);
  if (!is_in_loop_of(ForKind::vector, program.body(place.kernel), place.var)) return place;
  return tl::unexpected(
      Refusal{fmt::format("loop '{}' is done lane by lane", name_of(place.loop())), place.var,
              "name a loop around the vector loop"});
}

tl::expected<Memory, Refusal> memory_of_scope(std::string_view scope,
                                              const std::vector<Expr>& extent, DType dtype,
                                              VarId loop) {
  const auto refuse = [&](std::string reason) {
    return tl::unexpected(
        Refusal{std::move(reason), loop, "the scopes of a CPU are register and global"});
  };
  if (scope == "global") return Memory::heap;
  if (scope == "shared" || scope == "fragment") {
    return refuse(fmt::format("scope '{}' is a GPU's, which this version has no code for", scope));
  }
  if (scope != "register") return refuse(fmt::format("there is no scope '{}'", scope));
  for (const Expr& each : extent) {
    if (!constant_of(each)) return refuse("what one iteration accesses has no constant size");
  }
  const Memory memory = memory_for(extent, dtype);
  if (memory != Memory::registers) {
    return refuse("what one iteration accesses is more than 8 KiB");
  }
  return memory;
}

tl::expected<std::string, Refusal> name_of_result(const IndexedProgram& program,
                                                  const RewriteCall& call,
                                                  const std::string& otherwise) {
  if (call.results.empty()) return program.free_name(otherwise);
  const std::string& name = call.results.front();
  if (!program.find_buffer(name)) return name;
  return tl::unexpected(
      Refusal{fmt::format("there is a definition '{}' already", name), {}, "choose another name"});
}

bool stores(const Stmt& stmt, BufferId buffer) {
  bool found = false;
  for_each_statement(stmt, [&](const Stmt& inner) {
    const Store* store = as<Store>(inner);
    found = found || (store && store->buffer == buffer);
  });
  return found;
}

void replace_body(IndexedProgram& program, const Place& place, std::vector<Stmt> body,
                  OriginId origin) {
  const For& loop = place.loop();
  replace_loop(program, place.kernel, place.var,
               make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage,
                        make_block(std::move(body), origin), place.stmt->origin));
}

}  // namespace tcc::ir

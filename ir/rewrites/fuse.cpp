// fuse: two loops become one.
#include "ir/rewrites/fuse.h"

#include <fmt/format.h>

#include "ir/affine/simplify.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

struct Guard {
  Expr condition;
  OriginId origin;
};

struct Pair {
  Stmt outer, inner;  ///< For statements
  std::vector<Guard> guards;
};

/// The two loops and the guards between them.
tl::expected<Pair, Refusal> find_pair(const Stmt& outer, VarId inner) {
  Pair pair{outer, as<For>(outer)->body, {}};
  while (const If* guard = as<If>(pair.inner)) {
    pair.guards.push_back({guard->condition, pair.inner->origin});
    pair.inner = guard->body;
  }
  const For* found = as<For>(pair.inner);
  if (found && var_of(pair.inner) == inner) return pair;
  const std::string& name = name_of(*as<For>(outer));
  const Stmt wanted = find_loop(outer, inner);
  if (!wanted || wanted == outer) {
    return tl::unexpected(Refusal{fmt::format("loop '{}' is not around the other", name),
                                  var_of(outer), "name the outer loop first"});
  }
  const std::string between =
      fmt::format("between loops '{}' and '{}'", name, name_of(*as<For>(wanted)));
  if (found) {
    return tl::unexpected(Refusal{fmt::format("loop '{}' stands {}", name_of(*found), between),
                                  var_of(outer), "reorder them next to each other before"});
  }
  return tl::unexpected(Refusal{fmt::format("other statements stand {}", between), var_of(outer),
                                "fuse loops that have nothing but guards between them"});
}

std::optional<Refusal> refuse_pair(const Pair& pair) {
  const For& inner = *as<For>(pair.inner);
  for (const Stmt& stmt : {pair.outer, pair.inner}) {
    const For& loop = *as<For>(stmt);
    if (loop.kind == ForKind::serial) continue;
    return Refusal{fmt::format("loop '{}' is {} already", name_of(loop), name_of(loop.kind)),
                   var_of(stmt), "fuse before it"};
  }
  if (uses_var(inner.begin, var_of(pair.outer)) || uses_var(inner.extent, var_of(pair.outer))) {
    return Refusal{fmt::format("the bounds of loop '{}' depend on loop '{}'", name_of(inner),
                               name_of(*as<For>(pair.outer))),
                   var_of(pair.inner), ""};
  }
  const auto outer_extent = constant_of(as<For>(pair.outer)->extent);
  const auto inner_extent = constant_of(inner.extent);
  std::int64_t product = 0;
  if (outer_extent && inner_extent &&
      __builtin_mul_overflow(*outer_extent, *inner_extent, &product)) {
    return Refusal{
        fmt::format("{} times {} iterations do not fit into 64 bits", *outer_extent, *inner_extent),
        var_of(pair.outer), ""};
  }
  return {};
}

Stmt fused(IndexedProgram& program, const Pair& pair, const std::string& name,
           const VarRanges& around) {
  const For& outer = *as<For>(pair.outer);
  const For& inner = *as<For>(pair.inner);
  const OriginId origin =
      program.origins().from_rewrite("fuse", {pair.outer->origin, pair.inner->origin});
  const auto binary = [&](Op op, const Expr& a, const Expr& b) {
    return make_binary(op, a, b, origin);
  };
  const Expr var = make_var(program.fresh_var(), name, origin);
  // Two loops that run backwards, so never, would make one that runs.
  const Expr rows = iteration_count(outer.extent, around, program->facts, origin);
  const Expr columns = iteration_count(inner.extent, around, program->facts, origin);
  const Substitution values = {
      {var_of(pair.outer),
       simplify(binary(Op::add, outer.begin, binary(Op::floor_divide, var, columns)))},
      {var_of(pair.inner),
       simplify(binary(Op::add, inner.begin, binary(Op::modulo, var, columns)))},
  };
  Stmt body = inner.body;
  for (auto guard = pair.guards.rbegin(); guard != pair.guards.rend(); ++guard)
    body = make_if(guard->condition, std::move(body), guard->origin);
  body = simplify_expressions(substitute(body, values));
  return make_for(var, make_int(0, origin), simplify(binary(Op::multiply, rows, columns)),
                  ForKind::serial, outer.stage, std::move(body), origin);
}

}  // namespace

Rewritten fuse(IndexedProgram& program, const RewriteCall& call) {
  const std::vector<VarId>& loops = call.loops("loops");
  if (loops.size() != 2) {
    return tl::unexpected(
        Refusal{fmt::format("two loops are fused at a time, not {}", loops.size()), loops.front(),
                "fuse the result with the next one"});
  }
  const KernelIndex kernel = kernel_of(program, call.stage, loops[0]);
  const Stmt outer = find_loop(program.body(kernel), loops[0]);
  const auto pair = find_pair(outer, loops[1]);
  if (!pair) return tl::unexpected(pair.error());
  if (auto refusal = refuse_pair(*pair)) return tl::unexpected(*refusal);
  const std::vector<std::string> replaced = {name_of(*as<For>(pair->outer)),
                                             name_of(*as<For>(pair->inner))};
  if (auto refusal = refuse_names(program, call, replaced, loops[0])) {
    return tl::unexpected(*refusal);
  }
  VarRanges around = ranges_around(program.body(kernel), loops[0]);
  around.erase(loops[0]);
  replace_loop(program, kernel, loops[0], fused(program, *pair, call.results.front(), around));
  return {};
}

}  // namespace tcc::ir

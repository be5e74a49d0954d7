// reorder: loops of one nest in another order.
//
// The nest from the outermost named loop to the innermost one is taken apart into its loops, its
// guards and the initializations on the way, and put together again in the new order.
#include "ir/rewrites/reorder.h"

#include <algorithm>

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/dtypes.h"
#include "ir/rewrites/dependences.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

struct Guard {
  Expr condition;
  OriginId origin;
};

/// Stores that stand before the next loop of the nest, and how many loops and guards are around.
struct Prefix {
  std::vector<Stmt> stores;
  std::size_t loops_around;
  std::size_t guards_around;
};

struct Nest {
  std::vector<Stmt> loops;  ///< For statements, outermost first
  std::vector<Guard> guards;
  std::vector<Prefix> prefixes;
  Stmt body;  ///< of the innermost loop
};

bool contains(const std::vector<VarId>& vars, VarId var) {
  return std::find(vars.begin(), vars.end(), var) != vars.end();
}

Refusal not_perfect(const Nest& nest, std::string_view what) {
  return Refusal{fmt::format("between the loops stands {}", what), var_of(nest.loops.back()),
                 "reorder before the rewrite that put it there"};
}

/// Goes down from the outermost loop until all of `wanted` are met.
tl::expected<Nest, Refusal> take_apart(const Stmt& outermost, std::vector<VarId> wanted) {
  Nest nest;
  Stmt at = outermost;
  while (true) {
    if (const For* loop = as<For>(at)) {
      nest.loops.push_back(at);
      std::erase(wanted, var_of(at));
      at = loop->body;
      if (wanted.empty()) break;
    } else if (const If* guard = as<If>(at)) {
      nest.guards.push_back({guard->condition, at->origin});
      at = guard->body;
    } else if (const Block* block = as<Block>(at)) {
      const auto& statements = block->statements;
      const bool stores_first = std::all_of(statements.begin(), statements.end() - 1,
                                            [](const Stmt& s) { return as<Store>(s) != nullptr; });
      if (!stores_first) return tl::unexpected(not_perfect(nest, "more than an initialization"));
      nest.prefixes.push_back(
          {{statements.begin(), statements.end() - 1}, nest.loops.size(), nest.guards.size()});
      at = statements.back();
    } else {
      return tl::unexpected(Refusal{"the loops are not in one nest", var_of(outermost), ""});
    }
  }
  nest.body = at;
  return nest;
}

/// The loops in the new order: named ones take the places of named ones.
std::vector<Stmt> permute(const std::vector<Stmt>& loops, const std::vector<VarId>& order) {
  std::vector<Stmt> result = loops;
  std::size_t next = 0;
  for (Stmt& place : result) {
    if (!contains(order, var_of(place))) continue;
    const VarId wanted = order[next++];
    place = *std::find_if(loops.begin(), loops.end(),
                          [&](const Stmt& loop) { return var_of(loop) == wanted; });
  }
  return result;
}

/// The loops that run in order, outermost first.
std::vector<VarId> steps_of(const std::vector<Stmt>& loops, const LoopProgram& program,
                            const Stmt& kernel_body) {
  std::vector<VarId> steps;
  for (const Stmt& loop : loops) {
    const For& node = *as<For>(loop);
    if (steps_recurrence(node) || needs_its_order(program, kernel_body, node)) {
      steps.push_back(var_of(loop));
    }
  }
  return steps;
}

std::optional<Refusal> refuse_order(const std::vector<Stmt>& before, const std::vector<Stmt>& after,
                                    const IndexedProgram& program, const Stmt& kernel_body,
                                    Reassociation reassociation) {
  for (std::size_t outer = 0; outer < after.size(); ++outer) {
    const For& loop = *as<For>(after[outer]);
    for (std::size_t inner = outer + 1; inner < after.size(); ++inner) {
      const VarId moved_in = var_of(after[inner]);
      if (uses_var(loop.begin, moved_in) || uses_var(loop.extent, moved_in)) {
        return Refusal{fmt::format("the bounds of loop '{}' depend on loop '{}'", name_of(loop),
                                   name_of(*as<For>(after[inner]))),
                       moved_in, ""};
      }
    }
  }
  const std::vector<VarId> steps_before = steps_of(before, *program, kernel_body);
  std::vector<VarId> steps_after;
  for (const Stmt& loop : after) {
    if (contains(steps_before, var_of(loop))) steps_after.push_back(var_of(loop));
  }
  if (steps_before != steps_after) {
    const auto moved =
        std::mismatch(steps_before.begin(), steps_before.end(), steps_after.begin()).second;
    return Refusal{"this changes the order of steps, each of which needs the one before", *moved,
                   ""};
  }
  if (reassociation == Reassociation::allowed) return {};
  auto reductions = [&](const std::vector<Stmt>& loops) {
    std::vector<VarId> carried;
    for (const Stmt& loop : loops) {
      const For& node = *as<For>(loop);
      if (is_float(program[node.stage].dtype) && carries_reduction(node)) {
        carried.push_back(var_of(loop));
      }
    }
    return carried;
  };
  const auto now = reductions(before);
  const auto then = reductions(after);
  if (now == then) return {};
  const auto moved = std::mismatch(now.begin(), now.end(), then.begin()).second;
  return Refusal{"this changes the order in which a reduction adds, which --strict forbids", *moved,
                 ""};
}

/// Wraps `body` in loops and guards, each guard right inside the last loop it mentions.
class Assembler {
 public:
  Assembler(IndexedProgram& program, OriginId origin) : program_(program), origin_(origin) {}

  Stmt wrap(Stmt body, std::span<const Stmt> loops, std::vector<Guard> guards) const {
    for (std::size_t l = loops.size(); l-- > 0;) {
      body = place_guards(std::move(body), guards, var_of(loops[l]));
      const For& loop = *as<For>(loops[l]);
      body = make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage, std::move(body),
                      origin_);
    }
    for (const Guard& guard : guards)
      body = make_if(guard.condition, std::move(body), guard.origin);
    return body;
  }

  /// The stores of a prefix in loops of their own, with variables of their own.
  Stmt split_off(const Prefix& prefix, std::span<const Stmt> loops,
                 const std::vector<Guard>& guards) const {
    if (loops.empty()) return wrap(make_block(prefix.stores, origin_), loops, guards);
    Stmt nest = wrap(make_block(prefix.stores, origin_), loops, guards);
    for (const Stmt& stmt : loops) {
      const For& loop = *as<For>(stmt);
      const Expr fresh = make_var(program_.fresh_var(), name_of(loop), origin_);
      nest = rename(nest, var_of(stmt), fresh);
    }
    return nest;
  }

  /// Takes out of `guards` those that mention `var`, and puts them around `body`.
  static Stmt place_guards(Stmt body, std::vector<Guard>& guards, VarId var) {
    for (std::size_t g = guards.size(); g-- > 0;) {
      if (!uses_var(guards[g].condition, var)) continue;
      body = make_if(guards[g].condition, std::move(body), guards[g].origin);
      guards.erase(guards.begin() + static_cast<std::ptrdiff_t>(g));
    }
    return body;
  }

 private:
  Stmt rename(const Stmt& nest, VarId var, const Expr& fresh) const {
    auto on_stmt = [&](const Stmt& stmt) -> Stmt {
      const For* loop = as<For>(stmt);
      if (!loop || as<Var>(loop->var)->id != var) return stmt;
      return make_for(fresh, loop->begin, loop->extent, loop->kind, loop->stage,
                      substitute(loop->body, {{var, fresh}}), stmt->origin);
    };
    return rewrite(nest, {}, on_stmt);
  }

  IndexedProgram& program_;
  OriginId origin_;
};

/// How many leading loops of the new order a prefix can stay inside: those it was inside before.
std::size_t shared_depth(const Prefix& prefix, const Nest& nest, const std::vector<Stmt>& order) {
  const auto around_end = nest.loops.begin() + static_cast<std::ptrdiff_t>(prefix.loops_around);
  std::size_t depth = 0;
  while (depth < order.size() &&
         std::find(nest.loops.begin(), around_end, order[depth]) != around_end) {
    ++depth;
  }
  return depth;
}

/// The guards around a prefix that its own loops need; the others stay around what is outside.
std::vector<Guard> guards_over(const Prefix& prefix, const Nest& nest,
                               const std::vector<Stmt>& own_loops) {
  std::vector<Guard> guards(
      nest.guards.begin(), nest.guards.begin() + static_cast<std::ptrdiff_t>(prefix.guards_around));
  std::erase_if(guards, [&](const Guard& guard) {
    return std::none_of(own_loops.begin(), own_loops.end(),
                        [&](const Stmt& loop) { return uses_var(guard.condition, var_of(loop)); });
  });
  return guards;
}

/// Why what stands before the next loop cannot have these loops for itself: it may touch what
/// follows it in another iteration.
std::optional<Refusal> refuse_split_off(const IndexedProgram& program, KernelIndex kernel,
                                        const std::vector<Stmt>& loops) {
  for (const Stmt& loop : loops) {
    auto refusal = refuse_conflict(*program, program.body(kernel), *as<For>(loop));
    if (!refusal) continue;
    refusal->reason = "the initialization cannot be split off these loops: " + refusal->reason;
    refusal->help.clear();
    return refusal;
  }
  return {};
}

tl::expected<Stmt, Refusal> put_together(IndexedProgram& program, KernelIndex kernel,
                                         const Nest& nest, const std::vector<Stmt>& order,
                                         OriginId origin) {
  const Assembler assembler(program, origin);
  std::vector<Guard> guards = nest.guards;
  Stmt body = nest.body;
  for (std::size_t depth = order.size(); depth-- > 0;) {
    body = Assembler::place_guards(std::move(body), guards, var_of(order[depth]));
    const For& loop = *as<For>(order[depth]);
    body =
        make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage, std::move(body), origin);
    std::vector<Stmt> statements;
    for (const Prefix& prefix : nest.prefixes) {
      if (shared_depth(prefix, nest, order) != depth) continue;
      std::vector<Stmt> own;  // the loops that were around the prefix and are not any more
      for (std::size_t l = depth; l < order.size(); ++l) {
        const auto around_end =
            nest.loops.begin() + static_cast<std::ptrdiff_t>(prefix.loops_around);
        if (std::find(nest.loops.begin(), around_end, order[l]) != around_end) {
          own.push_back(order[l]);
        }
      }
      if (auto refusal = refuse_split_off(program, kernel, own)) return tl::unexpected(*refusal);
      statements.push_back(assembler.split_off(prefix, own, guards_over(prefix, nest, own)));
    }
    statements.push_back(std::move(body));
    body = make_block(std::move(statements), origin);
  }
  return assembler.wrap(std::move(body), {}, guards);
}

}  // namespace

Rewritten reorder(IndexedProgram& program, const RewriteCall& call) {
  const std::vector<VarId>& wanted = call.loops("loops");
  for (const VarId var : wanted) {
    if (std::count(wanted.begin(), wanted.end(), var) > 1) {
      return tl::unexpected(Refusal{"a loop is named twice", var, ""});
    }
  }
  const KernelIndex kernel = kernel_of(program, call.stage, wanted.front());
  Stmt outermost;
  for_each_statement(program.body(kernel), [&](const Stmt& stmt) {
    if (!outermost && as<For>(stmt) && contains(wanted, var_of(stmt))) outermost = stmt;
  });
  auto nest = take_apart(outermost, wanted);
  if (!nest) return tl::unexpected(nest.error());
  for (const Stmt& loop : nest->loops) {
    if (as<For>(loop)->kind == ForKind::serial) continue;
    return tl::unexpected(Refusal{
        fmt::format("loop '{}' is {}", name_of(*as<For>(loop)), name_of(as<For>(loop)->kind)),
        var_of(loop), "reorder before it"});
  }
  const std::vector<Stmt> order = permute(nest->loops, wanted);
  if (auto refusal =
          refuse_order(nest->loops, order, program, program.body(kernel), call.reassociation)) {
    return tl::unexpected(*refusal);
  }
  std::vector<OriginId> parents;
  for (const Stmt& loop : nest->loops)
    parents.push_back(loop->origin);
  const OriginId origin = program.origins().from_rewrite("reorder", std::move(parents));
  auto replacement = put_together(program, kernel, *nest, order, origin);
  if (!replacement) return tl::unexpected(replacement.error());
  replace_loop(program, kernel, var_of(outermost), *replacement);
  return {};
}

}  // namespace tcc::ir

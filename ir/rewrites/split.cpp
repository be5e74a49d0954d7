// split: one loop becomes two.
#include "ir/rewrites/split.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/affine/simplify.h"
#include "ir/rewrites/guard.h"
#include "ir/rewrites/loops.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

std::optional<Refusal> refuse_split(const IndexedProgram& program, const RewriteCall& call,
                                    VarId var) {
  const std::int64_t factor = call.number("factor");
  const Stmt stmt = find_loop(program.body(kernel_of(program, call.stage, var)), var);
  const For& loop = *as<For>(stmt);
  if (factor < 1 || factor > INT32_MAX) {
    return Refusal{fmt::format("factor {} is not in 1 to 2^31 - 1", factor), var, ""};
  }
  if (loop.kind != ForKind::serial) {
    return Refusal{fmt::format("loop '{}' is {} already", name_of(loop), name_of(loop.kind)), var,
                   "split before it"};
  }
  std::vector<std::string> taken = loop_names(program, call.stage);
  if (taken.size() >= max_loops) {
    return Refusal{fmt::format("a definition has at most {} loops", max_loops), var, ""};
  }
  std::erase(taken, name_of(loop));
  for (const std::string& name : call.results) {
    const bool twice = std::count(call.results.begin(), call.results.end(), name) > 1;
    if (twice || std::find(taken.begin(), taken.end(), name) != taken.end()) {
      return Refusal{fmt::format("there is a loop '{}' already", name), var, "choose other names"};
    }
  }
  return {};
}

void split_one(IndexedProgram& program, VarId var, const RewriteCall& call) {
  const KernelIndex kernel = kernel_of(program, call.stage, var);
  const Stmt stmt = find_loop(program.body(kernel), var);
  const For& loop = *as<For>(stmt);
  const OriginId origin = program.origins().from_rewrite("split", {stmt->origin});
  const Expr factor = make_int(call.number("factor"), origin);
  const Expr round_up = make_int(call.number("factor") - 1, origin);
  const Expr outer = make_var(program.fresh_var(), call.results[0], origin);
  const Expr inner = make_var(program.fresh_var(), call.results[1], origin);
  const Expr zero = make_int(0, origin);
  const Expr pieces = simplify(make_binary(
      Op::floor_divide, make_binary(Op::add, loop.extent, round_up, origin), factor, origin));
  const Expr offset =
      make_binary(Op::add, make_binary(Op::multiply, outer, factor, origin), inner, origin);

  const Expr value = simplify(make_binary(Op::add, loop.begin, offset, origin));
  Stmt body = simplify_expressions(substitute(loop.body, {{var, value}}));
  VarRanges ranges = ranges_around(program.body(kernel), var);
  ranges.erase(var);
  ranges[as<Var>(outer)->id] = {zero, pieces};
  ranges[as<Var>(inner)->id] = {zero, factor};
  body =
      guarded(program, std::move(body),
              {make_binary(Op::less, offset, loop.extent, origin), ranges, "split", stmt->origin});
  body = make_for(inner, zero, factor, ForKind::serial, loop.stage, std::move(body), origin);
  replace_loop(program, kernel, var,
               make_for(outer, zero, pieces, ForKind::serial, loop.stage, std::move(body), origin));
}

}  // namespace

Rewritten split(IndexedProgram& program, const RewriteCall& call) {
  for (const VarId var : call.loops("loop")) {
    if (auto refusal = refuse_split(program, call, var)) return tl::unexpected(*refusal);
  }
  for (const VarId var : call.loops("loop"))
    split_one(program, var, call);
  return {};
}

}  // namespace tcc::ir

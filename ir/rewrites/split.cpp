// split: one loop becomes two.
#include "ir/rewrites/split.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/rewrites/loops.h"
#include "ir/rewrites/split_tails.h"

namespace tcc::ir {

namespace {

LoopSplit split_of(const IndexedProgram& program, const RewriteCall& call, VarId var) {
  const Stmt& body = program.body(kernel_of(program, call.stage, var));
  VarRanges around = ranges_around(body, var);
  around.erase(var);
  return {find_loop(body, var), call.number("factor"), {}, {}, {}, std::move(around)};
}

const SplitTail& tail_of(const RewriteCall& call) {
  const auto tails = all_split_tails();
  const std::string_view name = call.word("tail", "guard");
  return *std::find_if(tails.begin(), tails.end(),
                       [&](const SplitTail& tail) { return tail.name == name; });
}

std::optional<Refusal> refuse_split(const IndexedProgram& program, const RewriteCall& call,
                                    VarId var) {
  const LoopSplit split = split_of(program, call, var);
  const For& loop = *as<For>(split.stmt);
  if (split.factor < 1 || split.factor > INT32_MAX) {
    return Refusal{fmt::format("factor {} is not in 1 to 2^31 - 1", split.factor), var, ""};
  }
  if (loop.kind != ForKind::serial) {
    return Refusal{fmt::format("loop '{}' is {} already", name_of(loop), name_of(loop.kind)), var,
                   "split before it"};
  }
  const SplitTail& tail = tail_of(call);
  std::vector<std::string> replaced = {name_of(loop)};
  if (tail.name == "peel") replaced.clear();  // the rest keeps the name
  if (auto refusal = refuse_names(program, call, replaced, var)) return refusal;
  return tail.refuse ? tail.refuse(program, split) : std::nullopt;
}

void split_one(IndexedProgram& program, VarId var, const RewriteCall& call) {
  LoopSplit split = split_of(program, call, var);
  split.origin = program.origins().from_rewrite("split", {split.stmt->origin});
  split.outer = make_var(program.fresh_var(), call.results[0], split.origin);
  split.inner = make_var(program.fresh_var(), call.results[1], split.origin);
  const KernelIndex kernel = kernel_of(program, call.stage, var);
  replace_loop(program, kernel, var, tail_of(call).apply(program, split));
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

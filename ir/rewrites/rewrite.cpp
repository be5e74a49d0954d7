// The table of rewrites, and how a command finds its row.
#include "ir/rewrites/rewrite.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ir/rewrites/bind_arguments.h"
#include "ir/rewrites/cache_read.h"
#include "ir/rewrites/cache_write.h"
#include "ir/rewrites/compute_at.h"
#include "ir/rewrites/fuse.h"
#include "ir/rewrites/inline.h"
#include "ir/rewrites/kernel.h"
#include "ir/rewrites/online.h"
#include "ir/rewrites/pack.h"
#include "ir/rewrites/parallel.h"
#include "ir/rewrites/prefetch.h"
#include "ir/rewrites/reduce.h"
#include "ir/rewrites/reorder.h"
#include "ir/rewrites/rfactor.h"
#include "ir/rewrites/split.h"
#include "ir/rewrites/store.h"
#include "ir/rewrites/tile.h"
#include "ir/rewrites/unroll.h"
#include "ir/rewrites/vectorize.h"

namespace tcc::ir {

std::span<const Rewrite> all_rewrites() {
  using enum ParameterKind;
  constexpr Need optional = Need::optional;
  const std::vector<std::string_view> tails = {"guard", "peel", "shift", "balance"};
  static const std::vector<Rewrite> rewrites = {
      {"split",
       "outer, inner = split(loop, factor, tail = guard)",
       2,
       2,
       {{"loop", loop}, {"factor", number}, {"tail", word, optional, tails}},
       split},
      {"fuse", "fused = fuse(outer, inner)", 1, 1, {{"loops", loops}}, fuse},
      {"reorder", "reorder(outermost, .., innermost)", 0, 0, {{"loops", loops}}, reorder},
      {"tile",
       "outer.o, inner.o, outer.i, inner.i = tile(outer, inner, rows, columns, tail = guard)",
       4,
       4,
       {{"outer", loop},
        {"inner", loop},
        {"rows", number},
        {"columns", number},
        {"tail", word, optional, tails}},
       nullptr,
       tile},
      {"unroll", "unroll(loop)", 0, 0, {{"loop", loop}}, unroll},
      {"vectorize", "vectorize(loop)", 0, 0, {{"loop", loop}}, vectorize},
      {"parallel", "parallel(loop)", 0, 0, {{"loop", loop}}, parallel},
      {"kernel", "kernel(definition, ..)", 0, 0, {{"definitions", tensors, optional}}, kernel},
      {"inline", "inline(definition)", 0, 0, {{"definition", tensor}}, inline_definition},
      {"compute_at",
       "compute_at(definition, loop)",
       0,
       0,
       {{"definition", tensor}, {"loop", place}},
       compute_at},
      {"cache_read",
       "copy = cache_read(tensor, scope, at = loop)",
       0,
       1,
       {{"tensor", tensor}, {"scope", word, Need::required, {"register", "global"}}, {"at", place}},
       cache_read},
      {"cache_write",
       "copy = cache_write(scope, at = loop)",
       0,
       1,
       {{"scope", word, Need::required, {"register", "global"}}, {"at", place}},
       cache_write},
      {"pack",
       "copy = pack(tensor, [i1 // 16, i0, i1 % 16], at = loop, on_first_use = loop)",
       0,
       1,
       {{"tensor", tensor},
        {"layout", layout},
        {"at", place, optional},
        {"on_first_use", place, optional}},
       pack},
      {"store",
       "store(nontemporal)",
       0,
       0,
       {{"how", word, Need::required, {"nontemporal", "temporal"}}},
       store},
      {"rfactor",
       "partial = rfactor(loop, as = lanes)",
       0,
       1,
       {{"loop", loop}, {"as", word, optional, {"lanes"}}},
       rfactor},
      {"reduce",
       "reduce(loop, level, ..)",
       0,
       0,
       {{"loop", loop}, {"levels", levels}},
       nullptr,
       reduce},
      {"online",
       "online(maximum, sum, .., block = 32)",
       0,
       0,
       {{"reductions", tensors}, {"block", number, optional}},
       online},
      {"prefetch",
       "prefetch(tensor, at = loop, ahead = 16, into = L1)",
       0,
       0,
       {{"tensor", tensor},
        {"at", place},
        {"ahead", number, optional},
        {"into", word, optional, {"L1", "L2", "L3"}}},
       prefetch},
  };
  return rewrites;
}

namespace {

/// Of section 9.3, but not in this version.
constexpr std::array<std::string_view, 7> later_rewrites = {
    "bind", "pipeline", "tensorize", "swizzle", "persistent", "split_k", "atomic",
};

Refusal no_such_rewrite(const std::string& name) {
  std::vector<std::string> names;
  for (const Rewrite& rewrite : all_rewrites())
    names.emplace_back(rewrite.name);
  const std::string list = fmt::format("there are {}", fmt::join(names, ", "));
  if (std::find(later_rewrites.begin(), later_rewrites.end(), name) != later_rewrites.end()) {
    return {fmt::format("rewrite '{}' is for GPUs, which this version has no code for", name),
            {},
            list};
  }
  const auto near = closest_name(name, names);
  return {fmt::format("there is no rewrite '{}'", name),
          {},
          near ? fmt::format("did you mean '{}'?", *near) : list};
}

}  // namespace

tl::expected<BoundCommand, Refusal> bind_command(const IndexedProgram& program, BufferId stage,
                                                 const ScheduleCommand& command,
                                                 Reassociation reassociation) {
  const auto rewrites = all_rewrites();
  const auto found = std::find_if(rewrites.begin(), rewrites.end(), [&](const Rewrite& rewrite) {
    return rewrite.name == command.rewrite;
  });
  if (found == rewrites.end()) return tl::unexpected(no_such_rewrite(command.rewrite));
  auto call = bind_arguments(program, stage, *found, command);
  if (!call) return tl::unexpected(call.error());
  call->reassociation = reassociation;
  return BoundCommand{&*found, *std::move(call)};
}

}  // namespace tcc::ir

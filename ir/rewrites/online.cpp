// online: dependent reductions in one pass.
#include "ir/rewrites/online.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "dsl/dtypes.h"
#include "ir/affine/simplify.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/online_loop.h"
#include "ir/rewrites/online_match.h"
#include "ir/rewrites/region.h"
#include "ir/rewrites/reorder.h"
#include "ir/rewrites/split.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// The loops around a statement in a kernel, outermost first, itself included.
std::vector<Stmt> loops_around(const Stmt& body, const Stmt& target) {
  std::vector<Stmt> around;
  const std::function<bool(const Stmt&)> find = [&](const Stmt& stmt) {
    if (as<For>(stmt)) around.push_back(stmt);
    bool found = stmt == target;
    map_statements(stmt, [&](const Stmt& inner) {
      found = found || find(inner);
      return inner;
    });
    if (!found && as<For>(stmt)) around.pop_back();
    return found;
  };
  find(body);
  return around;
}

/// The reduction that a definition is, wherever its loops are.
tl::expected<ReductionNest, Refusal> reduction_of(const IndexedProgram& program, BufferId buffer) {
  Refusal refusal{fmt::format("'{}' is no reduction", program[buffer].name), {}, ""};
  for (const std::string& name : loop_names(program, buffer)) {
    for (const VarId var : loops_named(program, buffer, name)) {
      auto nest = find_reduction(program, buffer, var);
      if (nest && var_of(nest->loops.front()) == var) return nest;
      if (!nest) refusal.loop = var;
    }
  }
  return tl::unexpected(std::move(refusal));
}

RewriteCall call_for(BufferId stage, std::string_view parameter, std::vector<VarId> loops) {
  RewriteCall call{stage, {}, {}};
  call.arguments[parameter].loops = std::move(loops);
  return call;
}

/// The reductions that become one loop: the maximum, then the sums.
class Merging {
 public:
  Merging(IndexedProgram& program, std::vector<BufferId> reductions)
      : program_(program), reductions_(std::move(reductions)) {}

  Rewritten find() {
    nests_.clear();
    for (const BufferId reduction : reductions_) {
      auto nest = reduction_of(program_, reduction);
      if (!nest) return tl::unexpected(nest.error());
      if (!nests_.empty() && nest->kernel != nests_.front().kernel) {
        return tl::unexpected(
            Refusal{fmt::format("'{}' is not computed in the kernel of '{}'",
                                program_[reductions_.front()].name, program_[reduction].name),
                    var_of(nest->loops.front()), "compute them at one loop, by compute_at"});
      }
      nests_.push_back(*std::move(nest));
    }
    return {};
  }

  /// Splits the reductions' loops, so that a step of the pass is a block.
  Rewritten split_into(std::int64_t block) {
    for (std::size_t r = 0; r < reductions_.size(); ++r) {
      const For& loop = nests_[r].outermost();
      RewriteCall call = call_for(reductions_[r], "loop", {as<Var>(loop.var)->id});
      call.results = {name_of(loop) + ".o", name_of(loop) + ".i"};
      call.arguments["factor"].numbers = {block};
      if (auto done = split(program_, call); !done) return done;
    }
    return find();
  }

  /// Makes each reduction's loop the outermost of those that only it is in.
  Rewritten put_outermost() {
    std::size_t common = SIZE_MAX;
    std::vector<std::vector<Stmt>> around;
    for (const ReductionNest& nest : nests_) {
      around.push_back(loops_around(program_.body(nest.kernel), nest.loops.front()));
      const auto& first = around.front();
      const auto& last = around.back();
      const auto differs = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
      common = std::min(common, static_cast<std::size_t>(differs.first - first.begin()));
    }
    for (std::size_t r = 0; r < reductions_.size(); ++r) {
      std::vector<VarId> order = {var_of(nests_[r].loops.front())};
      for (std::size_t l = std::min(common, around[r].size()); l + 1 < around[r].size(); ++l)
        order.push_back(var_of(around[r][l]));
      if (order.size() == 1) continue;
      if (auto done = reorder(program_, call_for(reductions_[r], "loops", order)); !done) {
        return done;
      }
    }
    return find();
  }

  /// A loop of one iteration has one value: sizes of 1 are broadcast by their own index.
  Rewritten pin_single_iterations() {
    for (const ReductionNest& nest : nests_) {
      const Stmt& stmt = nest.loops.front();
      const For& loop = *as<For>(stmt);
      if (constant_of(loop.extent) != 1) continue;
      const Stmt body = simplify_expressions(substitute(loop.body, {{var_of(stmt), loop.begin}}));
      replace_loop(
          program_, nest.kernel, var_of(stmt),
          make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage, body, stmt->origin));
    }
    return find();
  }

  const std::vector<ReductionNest>& nests() const { return nests_; }

 private:
  IndexedProgram& program_;
  std::vector<BufferId> reductions_;
  std::vector<ReductionNest> nests_;
};

std::vector<BufferId> reductions_in(const RewriteCall& call) {
  std::vector<BufferId> reductions = call["reductions"].tensors;
  const bool has_own =
      std::find(reductions.begin(), reductions.end(), call.stage) != reductions.end();
  if (!has_own) reductions.push_back(call.stage);
  return reductions;
}

std::optional<Refusal> refuse_reductions(const IndexedProgram& program, const RewriteCall& call,
                                         const std::vector<BufferId>& reductions) {
  for (std::size_t r = 0; r < reductions.size(); ++r) {
    const std::string& name = program[reductions[r]].name;
    const auto twice = std::find(reductions.begin() + static_cast<std::ptrdiff_t>(r) + 1,
                                 reductions.end(), reductions[r]);
    if (twice != reductions.end()) return Refusal{fmt::format("'{}' is named twice", name), {}, ""};
    if (!is_float(program[reductions[r]].dtype)) {
      return Refusal{fmt::format("'{}' is no float, and cannot be rescaled", name), {}, ""};
    }
  }
  if (reductions.size() < 2 || reductions.back() != call.stage) {
    return Refusal{fmt::format("the last reduction is not '{}', whose schedule this is",
                               program[call.stage].name),
                   {},
                   "name the maximum first, then the sums in their order"};
  }
  if (call.reassociation == Reassociation::forbidden) {
    return Refusal{"this rescales sums, which --strict forbids", {}, ""};
  }
  return {};
}

Rewritten merge(IndexedProgram& program, const RewriteCall& call) {
  const std::vector<BufferId> reductions = reductions_in(call);
  if (auto refusal = refuse_reductions(program, call, reductions)) return tl::unexpected(*refusal);
  Merging merging(program, reductions);
  if (auto done = merging.find(); !done) return done;
  if (auto done = merging.pin_single_iterations(); !done) return done;
  if (call.has("block")) {
    if (auto done = merging.split_into(call.number("block")); !done) return done;
  }
  if (auto done = merging.put_outermost(); !done) return done;
  const ReductionNest& maximum = merging.nests().front();
  if (maximum.reducer != ReducerKind::max) {
    return tl::unexpected(Refusal{fmt::format("'{}' is no maximum", program[reductions[0]].name),
                                  var_of(maximum.loops.front()), ""});
  }
  std::vector<ScaledSum> sums;
  for (std::size_t r = 1; r < reductions.size(); ++r) {
    auto sum = match_scaled_sum(program, reductions[r], merging.nests()[r], maximum,
                                {reductions.begin() + 1, reductions.end()});
    if (!sum) return tl::unexpected(sum.error());
    sums.push_back(*std::move(sum));
  }
  return merge_into_one_loop(program, maximum, sums);
}

}  // namespace

Rewritten online(IndexedProgram& program, const RewriteCall& call) {
  // Splits and reorders come before what may be refused: those of a copy are forgotten then.
  IndexedProgram trial = program;
  if (auto done = merge(trial, call); !done) return done;
  program = std::move(trial);
  return {};
}

}  // namespace tcc::ir

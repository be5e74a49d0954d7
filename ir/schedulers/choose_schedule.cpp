// The automatic scheduler for CPUs: which definitions share a kernel is fusion.h's decision, how
// each one's loops are arranged that of the scheduler for its kind. Here both become text.
#include "ir/schedulers/choose_schedule.h"

#include <algorithm>
#include <map>

#include "dsl/dtypes.h"
#include "ir/schedulers/arrangement.h"
#include "ir/schedulers/fusion.h"
#include "ir/schedulers/lanes.h"
#include "ir/schedulers/norm.h"
#include "ir/schedulers/pack_params.h"
#include "ir/schedulers/reads.h"
#include "ir/schedulers/tiles.h"

namespace tcc::ir {

namespace {

using Place = FusionPlan::Place;
using Commands = std::vector<ScheduleCommand>;

std::vector<Loop> named_loops(const std::vector<Axis>& axes) {
  std::vector<Loop> loops;
  for (const Axis& axis : axes)
    loops.push_back({as<Var>(axis.var)->name, constant_of(axis.extent)});
  return loops;
}

/// The blocks of one kernel.
class KernelScheduler {
 public:
  /// `members`: what else is computed in the kernel, readers before what they read.
  KernelScheduler(const Graph& graph, const Target& target, const FusionPlan& plan,
                  const ParamPacking& packing, Reassociation order, std::size_t root,
                  const std::vector<std::size_t>& members)
      : graph_(graph),
        target_(target),
        plan_(plan),
        packing_(packing),
        order_(order),
        root_(root),
        members_(members) {
    for (const std::size_t m : members) {
      if (of(m).place == Place::in_tile) tiled_.insert(of(m).stage);
    }
  }

  std::vector<ScheduleBlock> blocks() {
    inline_into_tiles();
    auto next = members_.begin();
    for (; next != members_.end() && is_inlined_into_root(*next); ++next)
      add(root_, make_command("inline", {name(*next)}));
    block_root();
    const bool is_split_first = rows_.loops.empty() || tiled_.count(root_);
    if (is_split_first) begin(root_, root_loops_);
    for (; next != members_.end(); ++next)
      move(*next);
    if (!is_split_first) begin(root_, root_loops_);
    finish_block();
    for (const std::size_t m : members_) {
      if (of(m).place != Place::inlined && !arranged_.count(m)) begin(m, loops_of_member(m));
    }
    finish_block();
    blocks_.insert(blocks_.end(), copies_.begin(), copies_.end());
    blocks_.insert(blocks_.end(), packs_.begin(), packs_.end());
    std::erase_if(blocks_, [](const ScheduleBlock& block) { return block.commands.empty(); });
    return std::move(blocks_);
  }

 private:
  const FusionPlan::Decision& of(std::size_t t) const { return plan_.decisions[t]; }
  const std::string& name(std::size_t t) const { return graph_.tensors[t].name; }
  const Compute& compute(std::size_t t) const { return *compute_of(graph_, t); }

  bool is_inlined_into_root(std::size_t t) const {
    return of(t).place == Place::inlined && of(t).stage == root_;
  }

  /// What a tile reads goes into it before it goes into its reader.
  void inline_into_tiles() {
    for (const std::size_t m : members_) {
      if (of(m).place == Place::inlined && of(m).stage != root_) {
        add(of(m).stage, make_command("inline", {name(m)}));
      }
    }
  }

  /// What is computed in rows of the root goes there while the rows are whole.
  void block_root() {
    root_loops_ = plain_loops(root_);
    Commands commands;
    rows_ = block_rows(commands, root_loops_,
                       row_loops(compute(root_), classify(graph_.tensors[root_])),
                       plan_.row_depth[root_], row_blocks(), target_);
    for (ScheduleCommand& command : commands)
      add(root_, std::move(command));
  }

  /// A product is better off with several rows, and so are reductions that are chains.
  RowBlocks row_blocks() const {
    const auto wants_blocks = [&](std::size_t t) {
      const Kind kind = classify(graph_.tensors[t]);
      return compute(t).reducer &&
             (!is_along_rows(kind) || !reduce_in_lanes(plain_loops(t), target_));
    };
    const bool wanted =
        wants_blocks(root_) || std::any_of(members_.begin(), members_.end(), [&](std::size_t m) {
          return of(m).place != Place::inlined && wants_blocks(m);
        });
    return wanted ? RowBlocks::tiles : RowBlocks::single;
  }

  /// Moves a definition into the kernel; the reader of a tile is arranged first.
  void move(std::size_t t) {
    const FusionPlan::Decision& decision = of(t);
    if (decision.place == Place::inlined) {
      if (decision.stage == root_) add(root_, make_command("inline", {name(t)}));
    } else if (decision.place == Place::in_row) {
      add(root_, make_command("compute_at", {name(t), rows_.loops[decision.depth - 1]}));
    } else {
      if (!arranged_.count(decision.stage)) begin(decision.stage, loops_of_member(decision.stage));
      add(decision.stage, make_command("compute_at", {name(t), tiles_.at(decision.stage)}));
    }
  }

  /// Not floats under --strict. And not i64 arithmetic, which simplification makes one with the
  /// reduction's own, so that the rewrite does not find that: neither `a + b` nor what is inlined.
  bool may_reassociate(std::size_t t) const {
    if (is_float(graph_.tensors[t].dtype)) return order_ == Reassociation::allowed;
    if (graph_.tensors[t].dtype != DType::i64) return true;
    const Load* load = as<Load>(compute(t).body);
    return !as<Binary>(compute(t).body) &&
           !(load && of(load->buffer.value).place == Place::inlined);
  }

  LoopsOfDefinition plain_loops(std::size_t t) const {
    LoopsOfDefinition loops{name(t), graph_.tensors[t].dtype, named_loops(compute(t).axes),
                            named_loops(compute(t).reductions)};
    loops.may_reassociate = may_reassociate(t);
    loops.is_contiguous = compute(t).reducer && reduces_contiguously(compute(t));
    loops.has_tiles = tiled_.count(t) > 0;
    loops.columns_after = columns_after(t);
    return loops;
  }

  /// By the products that are computed in the definition's tiles, or the one that it is.
  std::optional<std::size_t> columns_after(std::size_t t) const {
    const DType dtype = graph_.tensors[t].dtype;
    const auto of_product = [&](std::size_t product) {
      const bool is_one = classify(graph_.tensors[product]) == Kind::contraction;
      return is_one ? packing_.columns_after(product, dtype) : std::nullopt;
    };
    if (!tiled_.contains(t)) return of_product(t);
    for (const std::size_t m : members_) {
      if (of(m).place != Place::in_tile || of(m).stage != t) continue;
      if (const auto count = of_product(m)) return count;
    }
    return {};
  }

  LoopsOfDefinition loops_of_member(std::size_t t) const {
    const FusionPlan::Decision& decision = of(t);
    if (decision.place == Place::in_row) return loops_in_row(plain_loops(t), decision.depth, rows_);
    const std::size_t stage = decision.stage;
    const LoopsOfDefinition around =
        stage == root_ ? root_loops_ : loops_in_row(plain_loops(stage), of(stage).depth, rows_);
    return loops_in_tile(plain_loops(t), around, register_tile(target_, around.dtype));
  }

  /// Writes the loops of a definition into its block.
  void begin(std::size_t t, const LoopsOfDefinition& loops) {
    arranged_.insert(t);
    const Kind kind = classify(graph_.tensors[t]);
    Arrangement arrangement = arrange(kind, loops, target_);
    open(t);
    for (ScheduleCommand& command : arrangement.loops)
      add(t, std::move(command));
    tiles_[t] = arrangement.tile;
    expansion_ = std::move(arrangement.expansion);
    copies_.insert(copies_.end(), arrangement.copies.begin(), arrangement.copies.end());
    if (kind != Kind::contraction) return;
    for (ScheduleBlock& block : packing_.blocks(t, loops, name(root_)))
      packs_.push_back(std::move(block));
  }

  void add(std::size_t stage, ScheduleCommand command) {
    open(stage);
    blocks_.back().commands.push_back(std::move(command));
  }

  /// Makes the last block one of this definition.
  void open(std::size_t stage) {
    if (!blocks_.empty() && blocks_.back().definition == name(stage)) return;
    finish_block();
    blocks_.emplace_back().definition = name(stage);
  }

  /// Vectors and unrolled loops come last in the block that has the splits.
  void finish_block() {
    for (ScheduleCommand& command : expansion_)
      blocks_.back().commands.push_back(std::move(command));
    expansion_.clear();
  }

  const Graph& graph_;
  const Target& target_;
  const FusionPlan& plan_;
  const ParamPacking& packing_;
  Reassociation order_;
  std::size_t root_;
  const std::vector<std::size_t>& members_;
  std::set<std::size_t> tiled_;     // whose tiles others are computed in
  std::set<std::size_t> arranged_;  // whose loops are written
  std::map<std::size_t, std::string> tiles_;
  RowLoops rows_;
  LoopsOfDefinition root_loops_;
  Commands expansion_;
  std::vector<ScheduleBlock> copies_;
  std::vector<ScheduleBlock> packs_;
  std::vector<ScheduleBlock> blocks_;
};

}  // namespace

std::set<std::string> names_in(const Schedule& schedule, TargetKind target) {
  std::set<std::string> names;
  for (const ScheduleBlock& block : schedule.blocks) {
    if (block.target && *block.target != target) continue;
    names.insert(block.definition);
    for_each_command(block, [&](const ScheduleCommand& command) {
      for (const ScheduleArgument& argument : command.arguments) {
        if (const auto* name = std::get_if<std::string>(&argument.value)) names.insert(*name);
      }
    });
  }
  return names;
}

Schedule choose_schedule(const Graph& graph, const Target& target, const Schedule& given,
                         const std::set<std::string>& kept, Reassociation order) {
  Schedule schedule = given;
  const std::set<std::string> given_names = names_in(given, target.kind);
  std::set<std::string> untouched = given_names;
  untouched.insert(kept.begin(), kept.end());
  const FusionPlan plan = plan_fusion(graph, target, untouched);
  const ParamPacking packing(graph, target, untouched);
  std::vector<std::vector<std::size_t>> members(graph.tensors.size());
  for (std::size_t t = graph.tensors.size(); t-- > 0;) {
    if (plan.decisions[t].root != t) members[plan.decisions[t].root].push_back(t);
  }
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    const std::string& name = graph.tensors[t].name;
    // Said in the schedule, so that it makes the same nests when it is given back.
    const bool is_placeholder = std::holds_alternative<Placeholder>(graph.tensors[t].definition);
    if (!is_placeholder && kept.contains(name) && !given_names.contains(name)) {
      schedule.blocks.push_back({name, {}, {{{}, "kernel", {}, {}}}, {}, {}, {}});
    }
    const bool own = plan.decisions[t].root == t;
    if (!own || !compute_of(graph, t) || untouched.contains(name)) continue;
    KernelScheduler scheduler(graph, target, plan, packing, order, t, members[t]);
    for (ScheduleBlock& block : scheduler.blocks())
      schedule.blocks.push_back(std::move(block));
  }
  return schedule;
}

std::vector<std::string> explain_schedule(const Graph& graph, const Target& target,
                                          const Schedule& given,
                                          const std::set<std::string>& kept) {
  const std::set<std::string> given_names = names_in(given, target.kind);
  std::set<std::string> untouched = given_names;
  untouched.insert(kept.begin(), kept.end());
  FusionPlan plan = plan_fusion(graph, target, untouched);
  std::vector<std::string> reasons;
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    std::string& reason = plan.decisions[t].reason;
    const std::string& name = graph.tensors[t].name;
    const bool is_kept = kept.contains(name) && !given_names.contains(name);
    if (is_kept && !reason.empty()) reason = "own kernel: putting it into another was refused";
    reasons.push_back(std::move(reason));
  }
  return reasons;
}

}  // namespace tcc::ir

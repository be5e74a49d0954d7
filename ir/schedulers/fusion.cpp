// Which definitions share a kernel on a CPU, and why.
#include "ir/schedulers/fusion.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "ir/affine/simplify.h"
#include "ir/schedulers/classify.h"
#include "ir/schedulers/costs.h"
#include "ir/schedulers/products.h"
#include "ir/schedulers/reads.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

constexpr std::size_t max_inlined = 32;
constexpr std::size_t max_inlined_in_place = 128;
constexpr std::size_t max_tiles = 16;
constexpr std::size_t max_rows = 16;
constexpr std::int64_t max_repeated = 64;
constexpr std::int64_t max_repeated_beside_row = 4;

using Place = FusionPlan::Place;

/// T[..] = A[..] that is as contiguous as A: reading A in its stead costs nothing.
bool only_renames(const Compute& compute) {
  const Load* load = as<Load>(compute.body);
  if (!load || load->predicate || compute.reducer || compute.axes.empty()) return false;
  if (load->indices.empty()) return true;
  const Var* last = as<Var>(load->indices.back());
  return last && last->id == as<Var>(compute.axes.back().var)->id;
}

/// iota, casts of it: made of indices alone, in an operation or two.
bool is_made_of_indices(const Compute& compute, const std::vector<Expr>& loads) {
  return !compute.reducer && !compute.axes.empty() && loads.empty() &&
         operations_of(compute) <= max_repeated_beside_row;
}

class FusionPlanner {
 public:
  FusionPlanner(const Graph& graph, const Target& target, const std::set<std::string>& untouched)
      : graph_(graph),
        untouched_(untouched),
        reads_(find_reads(graph)),
        kinds_(graph.tensors.size(), Kind::elementwise),
        products_(graph),
        states_(graph.tensors.size()),
        contents_(graph.tensors.size()),
        resident_bytes_(target.limits.l2_bytes / 2) {
    plan_.decisions.resize(graph.tensors.size());
    plan_.row_depth.resize(graph.tensors.size());
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
      plan_.decisions[t].root = plan_.decisions[t].stage = t;
      if (!std::holds_alternative<Placeholder>(tensor(t).definition))
        kinds_[t] = classify(tensor(t));
    }
  }

  /// Readers before what they read, so that a chain goes into its last definition.
  FusionPlan plan() {
    for (std::size_t t = graph_.tensors.size(); t-- > 0;) {
      if (std::holds_alternative<Placeholder>(tensor(t).definition)) continue;
      const std::string obstacle = obstacle_of(t);
      if (tensor(t).use == TensorUse::output) {
        keep(t);
      } else if (!obstacle.empty()) {
        keep(t, obstacle);
      } else if (compute_of(graph_, t)->reducer) {
        place_reduction(t);
      } else {
        place_elementwise(t);
      }
    }
    return std::move(plan_);
  }

 private:
  /// How a definition that is placed lies in its kernel.
  struct State {
    std::size_t shared = 0;         ///< its leading loops that are the kernel's row loops
    bool plain = true;              ///< its other axes run from end to end
    bool in_place = true;           ///< computed once for each point of its nest
    std::set<std::size_t> nests{};  ///< the definitions whose loops compute it
    bool is_split = false;          ///< a nest whose axes run in tiles
    bool is_repeated = false;       ///< inlined where each element is computed many times
    bool along_axes = true;         ///< its axes beyond the shared ones are such of its nest
    bool has_rows = false;          ///< a nest that reads rows of others along its axes
  };
  /// How much is in the kernel of a root.
  struct Contents {
    std::size_t inlined = 0, tiles = 0, rows = 0;
    bool has_root_tiles = false;
    std::int64_t resident = 0;  ///< bytes that its products read for every row
  };

  const Tensor& tensor(std::size_t t) const { return graph_.tensors[t]; }
  const std::string& name(std::size_t t) const { return tensor(t).name; }
  std::size_t root_of(std::size_t t) const { return plan_.decisions[t].root; }
  bool is_free(std::size_t t) const { return !untouched_.count(name(t)); }

  /// Why a definition has a kernel of its own whatever it costs; "" where it need not.
  std::string obstacle_of(std::size_t t) const {
    if (!compute_of(graph_, t)) return "made in order";
    if (!is_free(t)) return "its schedule is given";
    if (reads_[t].empty()) return "nothing reads it";
    std::set<std::size_t> roots;
    for (const Reads& reads : reads_[t]) {
      const std::string& reader = name(reads.reader);
      if (reads.by == Reads::By::check)
        return fmt::format("an index of {} is checked by it", reader);
      if (std::any_of(reads.loads.begin(), reads.loads.end(), is_guarded)) {
        return fmt::format("{} reads it under a guard", reader);
      }
      if (!compute_of(graph_, reads.reader)) return fmt::format("{} is made in order", reader);
      if (!is_free(reads.reader)) return fmt::format("the schedule of {} is given", reader);
      roots.insert(root_of(reads.reader));
    }
    if (roots.size() == 1) return "";
    return fmt::format("read by {} kernels, {} and {}{}", roots.size(), name(*roots.begin()),
                       name(*std::next(roots.begin())), roots.size() > 2 ? ", .." : "");
  }

  // --- elementwise

  void place_elementwise(std::size_t t) {
    const std::size_t root = root_of(reads_[t][0].reader);
    const Contents& contents = contents_[root];
    const std::string saved = traffic_saved(t);
    if (is_computed_once(t) && contents.inlined < max_inlined_in_place) {
      return inline_it(t, "read at its own point, saves " + saved);
    }
    if (const auto reduction = stored_unless_kept(t)) {
      return keep(t, fmt::format("{} reads it across its own rows; stored in place of {}",
                                 name(root), name(*reduction)));
    }
    if (contents.inlined >= max_inlined) return keep(t, "enough is inlined into " + name(root));
    if (only_renames(*compute_of(graph_, t)) && may_inline(t)) {
      return inline_it(t, "a copy in the same order, saves " + saved);
    }
    if (is_made_of_indices(*compute_of(graph_, t), products_.loads_of(t)) && may_inline(t)) {
      return inline_it(t, "made of indices alone, saves " + saved);
    }
    const std::size_t depth = depth_in_rows(t);
    const std::int64_t repeated =
        static_cast<std::int64_t>(load_count(t) - 1) * operations_of(*compute_of(graph_, t));
    const bool is_cheap = repeated <= (depth > 0 ? max_repeated_beside_row : max_repeated);
    if (is_read_by_every_loop(t) && is_cheap && may_inline(t)) {
      return inline_it(t, repeated == 0 ? "each element is read once, saves " + saved
                                        : fmt::format("{} operations an element are repeated, "
                                                      "saves {}",
                                                      repeated, saved));
    }
    if (depth > 0) return put_in_rows(t, depth);
    keep(t, obstacle_to_rows(t));
  }

  /// All reads are at the own points of one nest.
  bool is_computed_once(std::size_t t) const {
    const State& first = states_[reads_[t][0].reader];
    return std::all_of(reads_[t].begin(), reads_[t].end(), [&](const Reads& reads) {
      const State& state = states_[reads.reader];
      return state.in_place && !state.is_repeated && state.nests.size() == 1 &&
             state.nests == first.nests && read_at_own_point(reads);
    });
  }

  bool read_at_own_point(const Reads& reads) const {
    const Compute& reader = *compute_of(graph_, reads.reader);
    return std::all_of(reads.loads.begin(), reads.loads.end(),
                       [&](const Expr& load) { return reads_own_point(load, reader); });
  }

  /// A reduction at whose points `t` is made, and which has no rows to be computed in but those of
  /// `t`: it would be stored where `t` is inlined, and all that its own rows are made of with it.
  std::optional<std::size_t> stored_unless_kept(std::size_t t) const {
    if (shared_loops(t) > 0 || rank_without_units(tensor(t).shape) == 0) return {};
    for (const Expr& load : products_.loads_of(t)) {
      const std::size_t read = as<Load>(load)->buffer.value;
      const Compute* compute = compute_of(graph_, read);
      const bool is_reduction = compute && compute->reducer && reads_[read].size() == 1;
      if (is_reduction && tensor(read).use != TensorUse::output && is_free(read) &&
          reads_own_point(load, *compute_of(graph_, t))) {
        return read;
      }
    }
    return {};
  }

  bool is_read_by_every_loop(std::size_t t) const {
    return std::all_of(reads_[t].begin(), reads_[t].end(), [&](const Reads& reads) {
      const Compute& reader = *compute_of(graph_, reads.reader);
      return !states_[reads.reader].is_repeated &&
             std::all_of(reads.loads.begin(), reads.loads.end(),
                         [&](const Expr& load) { return uses_every_loop(load, reader); });
    });
  }

  /// The command stands in one block only: what a tile reads is inlined before the tile is made.
  bool may_inline(std::size_t t) const {
    const std::size_t stage = stage_to_inline(reads_[t][0].reader);
    return std::all_of(reads_[t].begin(), reads_[t].end(),
                       [&](const Reads& reads) { return stage_to_inline(reads.reader) == stage; });
  }

  std::size_t stage_to_inline(std::size_t reader) const {
    const FusionPlan::Decision& decision = plan_.decisions[reader];
    if (decision.place == Place::in_tile) return reader;
    return decision.place == Place::inlined ? decision.stage : decision.root;
  }

  void inline_it(std::size_t t, const std::string& reason) {
    const std::size_t reader = reads_[t][0].reader;
    const std::size_t root = root_of(reader);
    ++contents_[root].inlined;
    decide(t, Place::inlined, root, stage_to_inline(reader), 0,
           fmt::format("inlined into {}: {}", name(root), reason));
    State& state = states_[t];
    for (const Reads& reads : reads_[t]) {
      const auto& nests = states_[reads.reader].nests;
      state.nests.insert(nests.begin(), nests.end());
    }
    state.in_place = is_computed_once(t);
    state.is_repeated = !is_read_by_every_loop(t);
    state.shared = shared_loops(t);
    state.along_axes = std::any_of(reads_[t].begin(), reads_[t].end(), [&](const Reads& reads) {
      return reads_along_axes(reads, state.shared);
    });
    state.plain = runs_from_end_to_end(t, state.shared);
  }

  // --- reductions

  void place_reduction(std::size_t t) {
    const bool rows_first = is_along_rows(kinds_[t]);
    const std::size_t depth = depth_in_rows(t);
    if (rows_first && depth > 0) return put_in_rows(t, depth);
    if (has_tile(t)) return put_in_tile(t);
    if (depth > 0) return put_in_rows(t, depth);
    keep(t, obstacle_to_rows(t));
  }

  /// A nest of tiles reads it at its own points only.
  bool has_tile(std::size_t t) const {
    if (!is_computed_once(t) || rank_without_units(tensor(t).shape) == 0) return false;
    const std::size_t nest = *states_[reads_[t][0].reader].nests.begin();
    const FusionPlan::Decision& of_nest = plan_.decisions[nest];
    const Contents& contents = contents_[root_of(nest)];
    if (contents.tiles >= max_tiles) return false;
    if (compute_of(graph_, nest)->reducer || kinds_[nest] == Kind::fallback) return false;
    if (states_[nest].has_rows) return false;
    const std::size_t rows = of_nest.place == Place::in_row ? of_nest.depth : plan_.row_depth[nest];
    return rows < tensor(t).shape.size();
  }

  void put_in_tile(std::size_t t) {
    const std::size_t nest = *states_[reads_[t][0].reader].nests.begin();
    const std::size_t root = root_of(nest);
    ++contents_[root].tiles;
    contents_[root].has_root_tiles |= nest == root;
    decide(t, Place::in_tile, root, nest, 0,
           fmt::format("computed in tiles of {}{}: saves {}", name(nest),
                       nest == root ? "" : ", in the kernel of " + name(root), traffic_saved(t)));
    states_[nest].is_split = true;
    states_[t].nests = {t};
    states_[t].in_place = false;
    states_[t].is_split = true;
    states_[t].shared = std::min(states_[nest].shared, tensor(t).shape.size() - 1);
  }

  // --- rows

  /// The variables of a reader that may be rows: of a root, those of row_loops().
  std::vector<Axis> loops_in_rows(std::size_t reader) const {
    if (root_of(reader) != reader) return compute_of(graph_, reader)->axes;
    const auto [place, is_new] = row_loops_.try_emplace(reader);
    if (is_new) place->second = row_loops(*compute_of(graph_, reader), kinds_[reader]);
    return place->second;
  }

  /// How many leading indices of all reads are row loops of the root.
  std::size_t shared_loops(std::size_t t) const {
    std::size_t shared = rank_without_units(tensor(t).shape);
    for (const Reads& reads : reads_[t]) {
      shared = std::min(shared, states_[reads.reader].shared);
      const std::vector<Axis> loops = loops_in_rows(reads.reader);
      for (const Expr& load : reads.loads)
        shared = std::min(shared, leading_indices(load, loops));
    }
    return shared;
  }

  /// All reads cover the axes from `depth` on as a whole, so that they need the same part.
  bool runs_from_end_to_end(std::size_t t, std::size_t depth) const {
    return std::all_of(reads_[t].begin(), reads_[t].end(), [&](const Reads& reads) {
      if (!states_[reads.reader].plain) return false;
      std::vector<Axis> rows = loops_in_rows(reads.reader);
      rows.resize(std::min(depth, rows.size()));
      return std::all_of(reads.loads.begin(), reads.loads.end(), [&](const Expr& load) {
        return is_whole_row(load, t, depth, rows, loops_of(*compute_of(graph_, reads.reader)));
      });
    });
  }

  bool is_whole_row(const Expr& load, std::size_t t, std::size_t depth,
                    const std::vector<Axis>& rows, const std::vector<Axis>& loops) const {
    const auto& indices = as<Load>(load)->indices;
    const auto same = [](const Axis& axis, const Expr& var) {
      return as<Var>(axis.var)->id == as<Var>(var)->id;
    };
    for (std::size_t a = depth; a < indices.size(); ++a) {
      const Expr& extent = tensor(t).shape[a];
      if (is_unit(extent) && constant_of(indices[a]) == 0) continue;
      if (!as<Var>(indices[a])) return false;
      const auto is_this = [&](const Axis& axis) { return same(axis, indices[a]); };
      if (std::any_of(rows.begin(), rows.end(), is_this)) return false;
      const auto loop = std::find_if(loops.begin(), loops.end(), is_this);
      if (loop == loops.end() || constant_of(loop->begin) != 0 ||
          !same_value(loop->extent, extent)) {
        return false;
      }
    }
    return true;
  }

  /// The row loops of the root that a definition can be computed in; 0 where it cannot.
  std::size_t depth_in_rows(std::size_t t) const {
    const std::size_t root = root_of(reads_[t][0].reader);
    const Contents& contents = contents_[root];
    const std::size_t loops = loops_in_rows(root).size();
    std::size_t most = loops > 0 ? loops - 1 : 0;
    const bool along = compute_of(graph_, t)->reducer && is_along_rows(kinds_[t]);
    const bool may_be_all = !compute_of(graph_, root)->reducer && !contents.has_root_tiles;
    if (may_be_all && (along || plan_.row_depth[root] == loops)) most = loops;
    if (compute_of(graph_, root)->reducer) most = loops;  // row_loops() leaves the last one out
    if (compute_of(graph_, t)->reducer && !along) {
      const std::size_t rank = rank_without_units(tensor(t).shape);
      most = std::min(most, rank > 0 ? rank - 1 : 0);
    }
    const std::size_t depth = std::min(most, shared_loops(t));
    const bool fits = depth > 0 && contents.rows < max_rows && runs_from_end_to_end(t, depth) &&
                      !reads_down_columns(t, depth) && !breaks_products(t, depth) &&
                      !is_read_in_pieces(t, depth);
    return fits ? depth : 0;
  }

  /// Nests that run in tiles read a row of it a piece at a time: how much is not known to be the
  /// same as what others read.
  bool is_read_in_pieces(std::size_t t, std::size_t depth) const {
    return std::any_of(reads_[t].begin(), reads_[t].end(), [&](const Reads& reads) {
      const auto& nests = states_[reads.reader].nests;
      return reads_along_axes(reads, depth) &&
             std::any_of(nests.begin(), nests.end(),
                         [&](std::size_t nest) { return states_[nest].is_split; });
    });
  }

  bool reads_along_axes(const Reads& reads, std::size_t depth) const {
    if (!states_[reads.reader].along_axes) return false;
    const Compute& reader = *compute_of(graph_, reads.reader);
    return std::any_of(reads.loads.begin(), reads.loads.end(), [&](const Expr& load) {
      return std::any_of(
          reader.axes.begin() + static_cast<std::ptrdiff_t>(std::min(depth, reader.axes.size())),
          reader.axes.end(), [&](const Axis& axis) { return indexed_by(load, axis); });
    });
  }

  /// A row of it would be read down a column of what it reads.
  bool reads_down_columns(std::size_t t, std::size_t depth) const {
    const Compute& compute = *compute_of(graph_, t);
    const std::vector<Axis> loops = loops_of(compute);
    for (const Expr& load : products_.loads_of(t)) {
      const auto& indices = as<Load>(load)->indices;
      if (indices.size() < 2 || !uses_var(indices.back(), as<Var>(loops[depth - 1].var)->id)) {
        continue;
      }
      const bool others = std::any_of(
          loops.begin() + static_cast<std::ptrdiff_t>(depth), loops.end(),
          [&](const Axis& axis) { return !is_unit(axis.extent) && indexed_by(load, axis); });
      if (others) return true;
    }
    return false;
  }

  /// An operand of a product that is made by a product, and both read too much for every row.
  bool breaks_products(std::size_t t, std::size_t depth) const {
    if (!products_.made_by_product(t) || products_.normalized(t)) return false;
    std::int64_t bytes = 0;
    bool is_operand = false;
    for (const Reads& reads : reads_[t]) {
      if (kinds_[reads.reader] != Kind::contraction) continue;
      is_operand = true;
      const auto more = products_.bytes_for_each_row(reads.reader, depth);
      if (!more || __builtin_add_overflow(bytes, *more, &bytes)) return true;
    }
    if (!is_operand) return false;
    const auto own = products_.bytes_for_each_row(*products_.made_by_product(t), depth);
    const std::int64_t before = contents_[root_of(reads_[t][0].reader)].resident;
    return !own || __builtin_add_overflow(bytes, *own, &bytes) ||
           __builtin_add_overflow(bytes, before, &bytes) || bytes > resident_bytes_;
  }

  void put_in_rows(std::size_t t, std::size_t depth) {
    const std::size_t root = root_of(reads_[t][0].reader);
    Contents& contents = contents_[root];
    ++contents.rows;
    if (const auto product = products_.made_by_product(t)) {
      contents.resident += products_.bytes_for_each_row(*product, depth).value_or(0);
    }
    plan_.row_depth[root] = std::max(plan_.row_depth[root], depth);
    for (const Reads& reads : reads_[t]) {
      if (!reads_along_axes(reads, depth)) continue;
      for (const std::size_t nest : states_[reads.reader].nests)
        states_[nest].has_rows = true;
    }
    decide(t, Place::in_row, root, root, depth,
           fmt::format("computed in rows of {}: saves {}", name(root), traffic_saved(t)));
    states_[t] = {depth, true, true, {t}};
  }

  // --- reasons

  std::size_t load_count(std::size_t t) const {
    std::size_t count = 0;
    for (const Reads& reads : reads_[t])
      count += reads.loads.size();
    return count;
  }

  /// A pass that writes the tensor, and one for each read.
  std::string traffic_saved(std::size_t t) const {
    return print(bytes_of(tensor(t), 1 + load_count(t))) + " bytes of traffic";
  }

  std::string obstacle_to_rows(std::size_t t) const {
    const std::size_t root = root_of(reads_[t][0].reader);
    if (tensor(t).shape.empty()) return "one number, for all of " + name(root);
    const std::size_t depth = shared_loops(t);
    if (depth == 0 || !runs_from_end_to_end(t, depth)) {
      return fmt::format("{} reads it across its own rows, which would repeat {} for each",
                         name(root), work_of_element(*compute_of(graph_, t)));
    }
    if (reads_down_columns(t, depth)) return "its rows go down the columns of what it reads";
    if (breaks_products(t, depth)) {
      return fmt::format("what two products read for every row does not fit in {} bytes",
                         resident_bytes_);
    }
    if (is_read_in_pieces(t, depth)) return name(root) + " reads a piece of its row in each tile";
    return "there is no loop of " + name(root) + " around a row of it";
  }

  void keep(std::size_t t, const std::string& reason = {}) {
    decide(t, Place::own_kernel, t, t, 0, reason.empty() ? "" : "own kernel: " + reason);
    const Compute* compute = compute_of(graph_, t);
    states_[t] = {compute ? row_loops(*compute, kinds_[t]).size() : 0, true, true, {t}};
  }

  void decide(std::size_t t, Place place, std::size_t root, std::size_t stage, std::size_t depth,
              std::string reason) {
    plan_.decisions[t] = {place, root, stage, depth, std::move(reason)};
  }

  const Graph& graph_;
  const std::set<std::string>& untouched_;
  std::vector<std::vector<Reads>> reads_;
  std::vector<Kind> kinds_;
  Products products_;
  std::vector<State> states_;
  std::vector<Contents> contents_;  // by root
  mutable std::map<std::size_t, std::vector<Axis>> row_loops_;
  std::int64_t resident_bytes_;
  FusionPlan plan_;
};

}  // namespace

std::vector<Axis> row_loops(const Compute& root, Kind kind) {
  if (kind == Kind::fallback) return {};
  if (!root.reducer) return root.axes;
  std::vector<Axis> loops = kind == Kind::full_reduction ? root.reductions : loops_of(root);
  if (!is_along_rows(kind)) loops = root.axes;
  if (!loops.empty()) loops.pop_back();  // a row needs a loop along it
  return loops;
}

FusionPlan plan_fusion(const Graph& graph, const Target& target,
                       const std::set<std::string>& untouched) {
  return FusionPlanner(graph, target, untouched).plan();
}

}  // namespace tcc::ir

// Which definitions share a kernel on a CPU.
#include "ir/schedulers/fusion.h"

#include <algorithm>
#include <map>

#include "ir/visit.h"

namespace tcc::ir {

namespace {

// Definitions in one kernel. Where all are read at the kernel's own point each is computed once;
// elsewhere what is read at several points is computed for each.
constexpr std::size_t max_inlined = 32;
constexpr std::size_t max_inlined_in_place = 128;
constexpr std::size_t max_tiles = 16;

const Compute* compute_of(const Graph& graph, std::size_t tensor) {
  return std::get_if<Compute>(&graph.tensors[tensor].definition);
}

/// The reads of one tensor by another's body and checks.
struct Reads {
  std::size_t reader;
  std::vector<Expr> loads;
};

/// For each tensor, who reads it and how.
std::vector<std::vector<Reads>> find_reads(const Graph& graph) {
  std::vector<std::vector<Reads>> result(graph.tensors.size());
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    for (const Expr& root : graph.tensors[t].expressions()) {
      std::map<std::size_t, std::vector<Expr>> loads;
      for (const Expr& node : post_order(root)) {
        if (const Load* load = as<Load>(node)) loads[load->buffer.value].push_back(node);
      }
      for (auto& [tensor, list] : loads)
        result[tensor].push_back({t, std::move(list)});
    }
  }
  return result;
}

bool is_guarded(const Expr& expr) { return static_cast<bool>(as<Load>(expr)->predicate); }

bool uses_every_loop(const Expr& expr, const Compute& reader) {
  const auto& indices = as<Load>(expr)->indices;
  auto is_used = [&](const Axis& axis) {
    const VarId var = as<Var>(axis.var)->id;
    return std::any_of(indices.begin(), indices.end(),
                       [&](const Expr& index) { return uses_var(index, var); });
  };
  return std::all_of(reader.axes.begin(), reader.axes.end(), is_used) &&
         std::all_of(reader.reductions.begin(), reader.reductions.end(), is_used);
}

/// T[i0, .., ip]: the reader's leading axes, in order, each alone.
bool reads_leading_axes(const Expr& expr, const Compute& reader) {
  const auto& indices = as<Load>(expr)->indices;
  if (indices.empty() || indices.size() > reader.axes.size()) return false;
  for (std::size_t axis = 0; axis < indices.size(); ++axis) {
    const Var* var = as<Var>(indices[axis]);
    if (!var || var->id != as<Var>(reader.axes[axis].var)->id) return false;
  }
  return true;
}

/// T[i0, .., in]: just the reader's axes.
bool reads_own_point(const Expr& expr, const Compute& reader) {
  return !reader.reducer && as<Load>(expr)->indices.size() == reader.axes.size() &&
         reads_leading_axes(expr, reader);
}

class FusionPlanner {
 public:
  FusionPlanner(const Graph& graph, const std::set<std::string>& untouched)
      : graph_(graph), untouched_(untouched), reads_(find_reads(graph)) {
    plan_.decisions.resize(graph.tensors.size());
    for (std::size_t t = 0; t < graph.tensors.size(); ++t)
      plan_.decisions[t].root = t;
  }

  /// Readers before what they read, so that a chain is inlined into its last definition.
  FusionPlan plan() {
    for (std::size_t t = graph_.tensors.size(); t-- > 0;)
      decide(t);
    return std::move(plan_);
  }

 private:
  void decide(std::size_t tensor) {
    const Compute* compute = compute_of(graph_, tensor);
    const bool movable = compute && graph_.tensors[tensor].use == TensorUse::temporary &&
                         is_free(tensor) && !reads_[tensor].empty();
    if (!movable || place_at_own_point(tensor, *compute) || reads_[tensor].size() != 1) return;
    const Reads& reads = reads_[tensor][0];
    if (!is_free(reads.reader) || !compute_of(graph_, reads.reader) ||
        std::any_of(reads.loads.begin(), reads.loads.end(), is_guarded)) {
      return;
    }
    const Compute& reader = *compute_of(graph_, reads.reader);
    const FusionPlan::Decision& of_reader = plan_.decisions[reads.reader];
    if (of_reader.place == FusionPlan::Place::computed_at) return;
    const std::size_t root = of_reader.root;
    if (!compute->reducer) {
      const bool free = std::all_of(reads.loads.begin(), reads.loads.end(),
                                    [&](auto& load) { return uses_every_loop(load, reader); });
      if (!free || inlined_[root] >= max_inlined) return;
      ++inlined_[root];
      plan_.decisions[tensor] = {FusionPlan::Place::inlined, root};
      return;
    }
    const bool aligned =
        root == reads.reader || compute_of(graph_, root)->axes.size() == reader.axes.size();
    const bool leading = std::all_of(reads.loads.begin(), reads.loads.end(),
                                     [&](auto& load) { return reads_leading_axes(load, reader); });
    if (reader.reducer || compute_of(graph_, root)->reducer || !aligned || !leading) return;
    if (root != reads.reader && !is_read_in_place(reads.reader)) return;
    if (tiles_[root] == max_tiles) return;
    ++tiles_[root];
    plan_.decisions[tensor] = {FusionPlan::Place::computed_at, root};
  }

  /// An elementwise definition that one kernel reads only at its own point, however often: it is
  /// computed there, once.
  bool place_at_own_point(std::size_t tensor, const Compute& compute) {
    if (compute.reducer) return false;
    const std::size_t root = plan_.decisions[reads_[tensor][0].reader].root;
    for (const Reads& reads : reads_[tensor]) {
      const FusionPlan::Decision& of_reader = plan_.decisions[reads.reader];
      const Compute* reader = compute_of(graph_, reads.reader);
      const bool fits = reader && is_free(reads.reader) && of_reader.root == root &&
                        of_reader.place != FusionPlan::Place::computed_at &&
                        std::all_of(reads.loads.begin(), reads.loads.end(), [&](const Expr& load) {
                          return !is_guarded(load) && reads_own_point(load, *reader);
                        });
      if (!fits) return false;
    }
    if (inlined_[root] >= max_inlined_in_place) return false;
    ++inlined_[root];
    plan_.decisions[tensor] = {FusionPlan::Place::inlined, root};
    return true;
  }

  /// An inlined definition whose elements are read at the reader's own axes, all the way to the
  /// root: what it reads at its axes is then read at the root's.
  bool is_read_in_place(std::size_t tensor) const {
    while (plan_.decisions[tensor].root != tensor) {
      const Reads& reads = reads_[tensor][0];
      const Compute& reader = *compute_of(graph_, reads.reader);
      for (const Expr& load : reads.loads) {
        if (!reads_leading_axes(load, reader)) return false;
        if (as<Load>(load)->indices.size() != reader.axes.size()) return false;
      }
      tensor = reads.reader;
    }
    return true;
  }

  bool is_free(std::size_t tensor) const { return !untouched_.count(graph_.tensors[tensor].name); }

  const Graph& graph_;
  const std::set<std::string>& untouched_;
  std::vector<std::vector<Reads>> reads_;
  std::map<std::size_t, std::size_t> inlined_, tiles_;  ///< how many, by root
  FusionPlan plan_;
};

}  // namespace

FusionPlan plan_fusion(const Graph& graph, const std::set<std::string>& untouched) {
  return FusionPlanner(graph, untouched).plan();
}

}  // namespace tcc::ir

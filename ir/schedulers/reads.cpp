// Who reads which tensor of a graph, and at which places.
#include "ir/schedulers/reads.h"

#include <algorithm>
#include <map>

#include "ir/visit.h"

namespace tcc::ir {

std::vector<std::vector<Reads>> find_reads(const Graph& graph) {
  std::vector<std::vector<Reads>> result(graph.tensors.size());
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    Reads::By by = Reads::By::body;  // the first expression is the body
    for (const Expr& root : graph.tensors[t].expressions()) {
      std::map<std::size_t, std::vector<Expr>> loads;
      for (const Expr& node : post_order(root)) {
        if (const Load* load = as<Load>(node)) loads[load->buffer.value].push_back(node);
      }
      for (auto& [tensor, list] : loads)
        result[tensor].push_back({t, by, std::move(list)});
      by = Reads::By::check;
    }
  }
  return result;
}

const Compute* compute_of(const Graph& graph, std::size_t tensor) {
  return std::get_if<Compute>(&graph.tensors[tensor].definition);
}

std::vector<Axis> loops_of(const Compute& compute) {
  std::vector<Axis> loops = compute.axes;
  loops.insert(loops.end(), compute.reductions.begin(), compute.reductions.end());
  return loops;
}

bool is_guarded(const Expr& load) { return static_cast<bool>(as<Load>(load)->predicate); }

bool indexed_by(const Expr& load, const Axis& axis) {
  const auto& indices = as<Load>(load)->indices;
  return std::any_of(indices.begin(), indices.end(),
                     [&](const Expr& index) { return uses_var(index, as<Var>(axis.var)->id); });
}

bool uses_every_loop(const Expr& load, const Compute& reader) {
  const auto is_used = [&](const Axis& axis) { return indexed_by(load, axis); };
  return std::all_of(reader.axes.begin(), reader.axes.end(), is_used) &&
         std::all_of(reader.reductions.begin(), reader.reductions.end(), is_used);
}

std::size_t leading_indices(const Expr& load, const std::vector<Axis>& loops) {
  const auto& indices = as<Load>(load)->indices;
  std::size_t count = 0;
  while (count < indices.size() && count < loops.size()) {
    const Var* var = as<Var>(indices[count]);
    if (!var || var->id != as<Var>(loops[count].var)->id) break;
    ++count;
  }
  return count;
}

bool reads_own_point(const Expr& load, const Compute& reader) {
  const std::size_t rank = reader.axes.size();
  return !reader.reducer && as<Load>(load)->indices.size() == rank &&
         leading_indices(load, reader.axes) == rank;
}

bool is_unit(const Expr& extent) { return constant_of(extent) == 1; }

std::size_t rank_without_units(const std::vector<Expr>& shape) {
  std::size_t rank = shape.size();
  while (rank > 0 && is_unit(shape[rank - 1]))
    --rank;
  return rank;
}

}  // namespace tcc::ir

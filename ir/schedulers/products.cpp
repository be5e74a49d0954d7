// What the products of a graph make.
#include "ir/schedulers/products.h"

#include "ir/schedulers/classify.h"
#include "ir/schedulers/costs.h"
#include "ir/schedulers/reads.h"
#include "ir/visit.h"

namespace tcc::ir {

Products::Products(const Graph& graph)
    : graph_(graph),
      loads_(graph.tensors.size()),
      made_by_(graph.tensors.size()),
      normalized_(graph.tensors.size()) {
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    const Compute* compute = compute_of(graph, t);
    if (!compute) continue;
    for (const Expr& node : post_order(compute->body)) {
      if (as<Load>(node)) loads_[t].push_back(node);
    }
    if (compute->reducer) {
      const Kind kind = classify(graph.tensors[t]);
      if (kind == Kind::contraction) made_by_[t] = t;
      normalized_[t] = is_along_rows(kind);
      continue;
    }
    for (const Expr& load : loads_[t]) {
      const std::size_t read = as<Load>(load)->buffer.value;
      const bool by_axes = leading_indices(load, compute->axes) > 0;
      if (by_axes && normalized_[read]) normalized_[t] = true;
      if (reads_own_point(load, *compute) && made_by_[read]) made_by_[t] = made_by_[read];
    }
  }
}

std::optional<std::int64_t> Products::bytes_for_each_row(std::size_t contraction,
                                                         std::size_t depth) const {
  const Compute& compute = *compute_of(graph_, contraction);
  if (depth == 0 || depth > compute.axes.size()) return {};
  std::int64_t total = 0;
  for (const Expr& load : loads_[contraction]) {
    if (indexed_by(load, compute.axes[depth - 1])) continue;
    Amount amount = bytes_of(graph_.tensors[as<Load>(load)->buffer.value], 1);
    amount.extents.clear();
    for (const Axis& axis : loops_of(compute)) {
      if (indexed_by(load, axis)) amount.extents.push_back(axis.extent);
    }
    const auto bytes = value_of(amount);
    if (!bytes || __builtin_add_overflow(total, *bytes, &total)) return {};
  }
  return total;
}

}  // namespace tcc::ir

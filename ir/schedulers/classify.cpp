// What kind of computation a definition is.
#include "ir/schedulers/classify.h"

#include <algorithm>

#include "dsl/diagnostic.h"
#include "ir/rewrites/split.h"
#include "ir/schedulers/reads.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

std::vector<Expr> loads_in(const Compute& compute) {
  std::vector<Expr> loads;
  for (const Expr& node : post_order(compute.body)) {
    if (as<Load>(node)) loads.push_back(node);
  }
  return loads;
}

bool has_computed_index(const Expr& load) {
  for (const Expr& node : post_order(std::span(as<Load>(load)->indices))) {
    if (as<Load>(node)) return true;
  }
  return false;
}

/// The axis of the result that is contiguous in memory; null where it has none.
const Axis* fastest_axis(const Compute& compute) {
  for (std::size_t a = compute.axes.size(); a-- > 0;) {
    if (!is_unit(compute.axes[a].extent)) return &compute.axes[a];
  }
  return nullptr;
}

bool last_index_uses(const Expr& load, const Axis& axis) {
  const auto& indices = as<Load>(load)->indices;
  return !indices.empty() && uses_var(indices.back(), as<Var>(axis.var)->id);
}

std::size_t loops_used(const Expr& load, const std::vector<Axis>& loops) {
  return static_cast<std::size_t>(std::count_if(
      loops.begin(), loops.end(), [&](const Axis& axis) { return indexed_by(load, axis); }));
}

/// Whether `a` depends on an axis that `b` does not.
bool has_axis_of_its_own(const Expr& a, const Expr& b, const std::vector<Axis>& axes) {
  return std::any_of(axes.begin(), axes.end(), [&](const Axis& axis) {
    return !is_unit(axis.extent) && indexed_by(a, axis) && !indexed_by(b, axis);
  });
}

/// The loads that depend on a reduction.
std::vector<Expr> reduced_loads(const Compute& compute) {
  std::vector<Expr> loads = loads_in(compute);
  std::erase_if(loads, [&](const Expr& load) { return loops_used(load, compute.reductions) == 0; });
  return loads;
}

/// The load that depends on most loops; there is one at least. Loops of one iteration do not count:
/// of one row of a product, the matrix is wider than the row that it is multiplied by.
const Expr& widest_of(const std::vector<Expr>& loads, std::vector<Axis> loops) {
  std::erase_if(loops, [](const Axis& loop) { return is_unit(loop.extent); });
  return *std::max_element(loads.begin(), loads.end(), [&](const Expr& a, const Expr& b) {
    return loops_used(a, loops) < loops_used(b, loops);
  });
}

bool is_contraction(const Compute& compute, const std::vector<Expr>& loads) {
  for (const Expr& a : loads) {
    for (const Expr& b : loads) {
      if (has_axis_of_its_own(a, b, compute.axes) && has_axis_of_its_own(b, a, compute.axes)) {
        return true;
      }
    }
  }
  return false;
}

Kind classify_reduction(const Compute& compute) {
  const Axis* fastest = fastest_axis(compute);
  if (!fastest) return Kind::full_reduction;
  const std::vector<Expr> loads = reduced_loads(compute);
  if (loads.empty() || loads.size() > 64) return Kind::fallback;
  if (is_contraction(compute, loads)) return Kind::contraction;
  const Expr& widest = widest_of(loads, loops_of(compute));
  if (last_index_uses(widest, *fastest)) return Kind::column_reduction;
  const bool along = std::any_of(compute.reductions.begin(), compute.reductions.end(),
                                 [&](const Axis& axis) { return last_index_uses(widest, axis); });
  return along ? Kind::row_reduction : Kind::fallback;
}

Kind classify_map(const Compute& compute) {
  const std::vector<Expr> loads = loads_in(compute);
  if (std::any_of(loads.begin(), loads.end(), has_computed_index)) return Kind::gather;
  const Axis* fastest = fastest_axis(compute);
  const bool goes_down = fastest && std::any_of(loads.begin(), loads.end(), [&](const Expr& load) {
                           return indexed_by(load, *fastest) && !last_index_uses(load, *fastest) &&
                                  loops_used(load, compute.axes) > 1;
                         });
  return goes_down ? Kind::transpose : Kind::elementwise;
}

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::elementwise: return "elementwise";
    case Kind::transpose: return "transpose";
    case Kind::gather: return "gather";
    case Kind::full_reduction: return "full reduction";
    case Kind::row_reduction: return "row reduction";
    case Kind::column_reduction: return "column reduction";
    case Kind::contraction: return "contraction";
    case Kind::in_order: return "in order";
    case Kind::fallback: return "fallback";
  }
  bug("a kind without a name");
}

Kind classify(const Tensor& tensor) {
  if (std::holds_alternative<Placeholder>(tensor.definition)) bug("a placeholder has no kind");
  const Compute* compute = std::get_if<Compute>(&tensor.definition);
  if (!compute) return Kind::in_order;
  // Both splits of a tile would be one loop too many: such a nest stays as it is.
  if (compute->axes.size() + compute->reductions.size() + 2 > max_loops) return Kind::fallback;
  return compute->reducer ? classify_reduction(*compute) : classify_map(*compute);
}

bool is_along_rows(Kind kind) {
  return kind == Kind::row_reduction || kind == Kind::full_reduction;
}

bool reduces_contiguously(const Compute& reduction) {
  const std::vector<Expr> loads = reduced_loads(reduction);
  return !loads.empty() && !reduction.reductions.empty() &&
         last_index_uses(widest_of(loads, loops_of(reduction)), reduction.reductions.back());
}

}  // namespace tcc::ir

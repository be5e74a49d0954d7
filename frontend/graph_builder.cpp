// The graph as it grows.
#include "frontend/graph_builder.h"

#include <algorithm>

#include "ir/visit.h"

namespace tcc {

namespace {

/// A param with an update is another one in each run.
ir::TensorUse use_of(const checked::Program& program, checked::TensorId input) {
  const bool is_param = program.tensors[input].role == checked::TensorRole::param;
  const bool is_kept =
      std::none_of(program.updates.begin(), program.updates.end(),
                   [&](const checked::Update& update) { return update.param == input; });
  return is_param && is_kept ? ir::TensorUse::param : ir::TensorUse::input;
}

}  // namespace

GraphBuilder::GraphBuilder(const checked::Program& checked) : program(checked) {
  const Span start = program.tensors.empty() ? Span() : program.tensors.front().span;
  for (const std::string& name : program.size_names) {
    const ir::Expr size = ir::make_var(graph.fresh_var(), name, origin(start));
    graph.sizes.push_back(size);
    sizes.emplace(name, size);
  }
  for (const checked::TensorId id : program.inputs) {
    const checked::Tensor& tensor = program.tensors[id];
    const ir::OriginId place = origin(tensor.span);
    buffers[id] = add({tensor.name, tensor.dtype, lower_shape(tensor.shape, place),
                       use_of(program, id), place, ir::Placeholder{}});
  }
}

ir::Axis GraphBuilder::axis(std::string name, const Extent& begin, const Extent& extent,
                            ir::OriginId origin) {
  ir::Axis axis{ir::make_var(graph.fresh_var(), std::move(name), origin),
                lower_extent(begin, sizes, origin), lower_extent(extent, sizes, origin)};
  loops.emplace(ir::as<ir::Var>(axis.var)->id, axis);
  return axis;
}

std::vector<ir::Expr> GraphBuilder::lower_shape(const Shape& shape, ir::OriginId origin) const {
  std::vector<ir::Expr> extents;
  for (const Extent& extent : shape)
    extents.push_back(lower_extent(extent, sizes, origin));
  return extents;
}

ir::BufferId GraphBuilder::add(ir::Tensor tensor) {
  graph.tensors.push_back(std::move(tensor));
  return {static_cast<std::uint32_t>(graph.tensors.size() - 1)};
}

ir::Check GraphBuilder::check(const ir::Expr& guard, const ir::Expr& condition,
                              const ir::Expr& value, std::string message) {
  ir::Check check{{}, guard, condition, std::move(message), value};
  ir::Substitution fresh;
  std::vector<ir::Expr> roots = {condition, value};
  if (guard) roots.push_back(guard);
  for (const ir::Expr& each : ir::post_order(roots)) {
    const ir::Var* var = ir::as<ir::Var>(each);
    const auto loop = var ? loops.find(var->id) : loops.end();
    if (loop == loops.end()) continue;
    const ir::Expr own = ir::make_var(graph.fresh_var(), var->name + ".check", each->origin);
    check.axes.push_back({own, loop->second.begin, loop->second.extent});
    fresh.emplace(var->id, own);
  }
  if (guard) check.guard = ir::substitute(guard, fresh);
  check.condition = ir::substitute(condition, fresh);
  check.value = ir::substitute(value, fresh);
  return check;
}

}  // namespace tcc

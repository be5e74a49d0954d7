// The plain loop nests: what the graph says, in the order in which it says it.
#include "dsl/diagnostic.h"
#include "ir/loop_program.h"

namespace tcc::ir {
namespace {

BufferUse use_of(const Tensor& tensor) {
  switch (tensor.use) {
    case TensorUse::input: return BufferUse::input;
    case TensorUse::output: return BufferUse::output;
    case TensorUse::temporary: return BufferUse::temporary;
  }
  bug("a tensor of no use");
}

/// for axes[0] { for axes[1] { .. body } }
Stmt nest(const std::vector<Axis>& axes, BufferId stage, Stmt body) {
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    body = make_for(axis->var, axis->begin, axis->extent, ForKind::serial, stage, std::move(body),
                    axis->var->origin);
  }
  return body;
}

Stmt reduction(const Tensor& tensor, const Compute& compute, BufferId buffer,
               const std::vector<Expr>& element) {
  const Reducer& reducer = *compute.reducer;
  if (reducer.combine.size() != 1) bug("a reducer of several components defines one tensor");
  const OriginId origin = compute.body->origin;
  const Expr so_far = make_load(tensor.dtype, buffer, element, origin);
  const Expr next = combine(reducer, 0, std::span(&so_far, 1), std::span(&compute.body, 1));
  return make_block({make_store(buffer, element, reducer.identity.front(), tensor.origin),
                     nest(compute.reductions, buffer, make_store(buffer, element, next, origin))},
                    tensor.origin);
}

Kernel lower(const Tensor& tensor, const Compute& compute, BufferId buffer) {
  std::vector<Expr> element;
  for (const Axis& axis : compute.axes)
    element.push_back(axis.var);
  Stmt body = compute.reducer ? reduction(tensor, compute, buffer, element)
                              : make_store(buffer, element, compute.body, tensor.origin);
  return {tensor.name, nest(compute.axes, buffer, std::move(body)), tensor.origin};
}

/// The checks of a Compute: a kernel that only asserts.
Kernel lower_checks(const Tensor& tensor, const Compute& compute, BufferId buffer) {
  std::vector<Stmt> nests;
  for (const Check& check : compute.checks) {
    Stmt body = make_assert(check.condition, check.message, tensor.origin, check.value);
    if (check.guard) body = make_if(check.guard, std::move(body), tensor.origin);
    nests.push_back(nest(check.axes, buffer, std::move(body)));
  }
  return {tensor.name + ".check", make_block(std::move(nests), tensor.origin), tensor.origin};
}

}  // namespace

LoopProgram lower_to_loops(const Graph& graph) {
  LoopProgram program;
  program.sizes = graph.sizes;
  program.origins = graph.origins;
  program.next_var = graph.next_var;
  for (const Expr& size : graph.sizes)
    program.facts.sizes.push_back({as<Var>(size)->id, 0, {}, 1});
  for (const Tensor& tensor : graph.tensors) {
    const BufferId id{static_cast<std::uint32_t>(program.buffers.size())};
    program.buffers.push_back(
        {tensor.name, tensor.dtype, tensor.shape, Memory::heap, use_of(tensor), tensor.origin});
    if (const Compute* compute = std::get_if<Compute>(&tensor.definition)) {
      if (!compute->checks.empty()) program.kernels.push_back(lower_checks(tensor, *compute, id));
      program.kernels.push_back(lower(tensor, *compute, id));
    }
  }
  return program;
}

}  // namespace tcc::ir

// The plain loop nests: what the graph says, in the order in which it says it.
#include "dsl/diagnostic.h"
#include "ir/loop_program.h"
#include "ir/lower_scan.h"
#include "ir/lower_sort.h"
#include "ir/nest.h"

namespace tcc::ir {
namespace {

BufferUse use_of(const Tensor& tensor) {
  switch (tensor.use) {
    case TensorUse::input:
    case TensorUse::param: return BufferUse::input;
    case TensorUse::output: return BufferUse::output;
    case TensorUse::temporary: return BufferUse::temporary;
  }
  bug("a tensor of no use");
}

Stmt reduction(const Tensor& tensor, const Compute& compute, BufferId buffer,
               const std::vector<Expr>& element) {
  const Reducer& reducer = *compute.reducer;
  if (reducer.combine.size() != 1) bug("a reducer of several components defines one tensor");
  const OriginId origin = compute.body->origin;
  const Expr so_far = make_load(tensor.dtype, buffer, element, origin);
  const Expr next = combine(reducer, 0, std::span(&so_far, 1), std::span(&compute.body, 1));
  return make_block(
      {make_store(buffer, element, reducer.identity.front(), tensor.origin),
       make_nest(compute.reductions, buffer, make_store(buffer, element, next, origin))},
      tensor.origin);
}

Stmt lower(LoopProgram&, const Tensor& tensor, const Compute& compute, BufferId buffer) {
  std::vector<Expr> element;
  for (const Axis& axis : compute.axes)
    element.push_back(axis.var);
  Stmt body = compute.reducer ? reduction(tensor, compute, buffer, element)
                              : make_store(buffer, element, compute.body, tensor.origin);
  return make_nest(compute.axes, buffer, std::move(body));
}

Stmt lower(LoopProgram&, const Tensor& tensor, const Scan& scan, BufferId buffer) {
  return lower_scan(tensor, scan, buffer);
}

Stmt lower(LoopProgram& program, const Tensor& tensor, const Sort& sort, BufferId buffer) {
  return lower_sort(program, tensor, sort, buffer);
}

Stmt lower(LoopProgram&, const Tensor&, const Placeholder&, BufferId) {
  bug("a placeholder has no loops");
}

/// The checks of a tensor: a kernel that only asserts.
Kernel lower_checks(const Tensor& tensor, BufferId buffer) {
  std::vector<Stmt> nests;
  for (const Check& check : tensor.checks()) {
    Stmt body = make_assert(check.condition, check.message, tensor.origin, check.value);
    if (check.guard) body = make_if(check.guard, std::move(body), tensor.origin);
    nests.push_back(make_nest(check.axes, buffer, std::move(body)));
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
    program.buffers.push_back(
        {tensor.name, tensor.dtype, tensor.shape, Memory::heap, use_of(tensor), tensor.origin});
  }
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    const Tensor& tensor = graph.tensors[t];
    const BufferId id{static_cast<std::uint32_t>(t)};
    if (std::holds_alternative<Placeholder>(tensor.definition)) continue;
    if (!tensor.checks().empty()) program.kernels.push_back(lower_checks(tensor, id));
    Stmt body = std::visit([&](const auto& each) { return lower(program, tensor, each, id); },
                           tensor.definition);
    program.kernels.push_back({tensor.name, std::move(body), tensor.origin});
  }
  return program;
}

}  // namespace tcc::ir

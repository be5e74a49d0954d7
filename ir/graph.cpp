// The graph as text.
#include "ir/graph.h"

#include <fmt/format.h>

#include "ir/printer_expr.h"

namespace tcc::ir {
namespace {

std::string print_axes(const std::vector<Axis>& axes, const ExprNames& names) {
  std::string text;
  for (const Axis& axis : axes) {
    if (!text.empty()) text += ", ";
    text += print_expr(axis.var, names) + " in " + print_range(axis.begin, axis.extent, names);
  }
  return text;
}

std::string print_value(const Compute& compute, const ExprNames& names) {
  const std::string body = print_expr(compute.body, names);
  if (!compute.reducer) return body;
  return fmt::format("{}[{}]({})", compute.reducer->name, print_axes(compute.reductions, names),
                     body);
}

std::string print_tensor(const Tensor& tensor, const ExprNames& names) {
  const Compute* compute = std::get_if<Compute>(&tensor.definition);
  if (!compute) {
    return fmt::format("{}: {} = placeholder\n", tensor.name,
                       print_type(tensor.dtype, tensor.shape, names));
  }
  std::string checks;
  for (const Check& check : compute->checks) {
    checks += fmt::format("check[{}] {}{}\n", print_axes(check.axes, names),
                          check.guard ? print_expr(check.guard, names) + " -> " : "",
                          print_expr(check.condition, names));
  }
  return fmt::format("{}{}{}[{}]: {} = {}\n", checks,
                     tensor.use == TensorUse::output ? "output " : "", tensor.name,
                     print_axes(compute->axes, names), name_of(tensor.dtype),
                     print_value(*compute, names));
}

}  // namespace

std::string print(const Graph& graph) {
  const ExprNames names{
      [](const Var& var) { return var.name; },
      [&graph](BufferId id) { return graph.tensors[id.value].name; },
  };
  std::string text;
  for (const Tensor& tensor : graph.tensors)
    text += print_tensor(tensor, names);
  return text;
}

}  // namespace tcc::ir

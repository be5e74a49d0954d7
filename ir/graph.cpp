// The graph as text.
#include "ir/graph.h"

#include <fmt/format.h>

#include "dsl/diagnostic.h"
#include "dsl/overloaded.h"
#include "ir/graph_text.h"
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

std::string print_value(const Placeholder&, const ExprNames&) { bug("a placeholder has no value"); }

std::string print_value(const Compute& compute, const ExprNames& names) {
  const std::string body = print_expr(compute.body, names);
  if (!compute.reducer) return body;
  return fmt::format("{}[{}]({})", compute.reducer->name, print_axes(compute.reductions, names),
                     body);
}

std::string print_value(const Scan& scan, const ExprNames& names) {
  return fmt::format("scan {}[{}]({})", scan.reducer.name,
                     print_expr(scan.axes[scan.axis].var, names), print_expr(scan.body, names));
}

std::string print_value(const Sort& sort, const ExprNames& names) {
  return fmt::format("sort {}places[{}]({})",
                     sort.order == SortOrder::descending ? "descending " : "",
                     print_expr(sort.axes[sort.axis].var, names), print_expr(sort.body, names));
}

std::string print_tensor(const Tensor& tensor, const ExprNames& names) {
  if (std::holds_alternative<Placeholder>(tensor.definition)) {
    return fmt::format("{}: {} = {}\n", tensor.name, print_type(tensor.dtype, tensor.shape, names),
                       tensor.use == TensorUse::param ? "param" : "placeholder");
  }
  std::string checks;
  for (const Check& check : tensor.checks()) {
    checks += fmt::format("check[{}] {}{}\n", print_axes(check.axes, names),
                          check.guard ? print_expr(check.guard, names) + " -> " : "",
                          print_expr(check.condition, names));
  }
  return fmt::format(
      "{}{}{}[{}]: {} = {}\n", checks, tensor.use == TensorUse::output ? "output " : "",
      tensor.name, print_axes(tensor.axes(), names), name_of(tensor.dtype),
      std::visit([&](const auto& each) { return print_value(each, names); }, tensor.definition));
}

}  // namespace

const std::vector<Axis>& Tensor::axes() const {
  static const std::vector<Axis> none;
  return std::visit(
      Overloaded{[](const Placeholder&) -> const std::vector<Axis>& { return none; },
                 [](const auto& each) -> const std::vector<Axis>& { return each.axes; }},
      definition);
}

const std::vector<Check>& Tensor::checks() const {
  static const std::vector<Check> none;
  return std::visit(
      Overloaded{[](const Placeholder&) -> const std::vector<Check>& { return none; },
                 [](const auto& each) -> const std::vector<Check>& { return each.checks; }},
      definition);
}

std::vector<Expr> Tensor::expressions() const {
  std::vector<Expr> roots;
  std::visit(
      Overloaded{[](const Placeholder&) {}, [&](const auto& each) { roots.push_back(each.body); }},
      definition);
  for (const Check& check : checks()) {
    for (const Expr& root : {check.guard, check.condition, check.value}) {
      if (root) roots.push_back(root);
    }
  }
  return roots;
}

std::string print_tensor(const Graph& graph, std::size_t tensor) {
  const ExprNames names{
      [](const Var& var) { return var.name; },
      [&graph](BufferId id) { return graph.tensors[id.value].name; },
  };
  return print_tensor(graph.tensors[tensor], names);
}

std::string print(const Graph& graph) {
  std::string text;
  for (std::size_t t = 0; t < graph.tensors.size(); ++t)
    text += print_tensor(graph, t);
  return text;
}

}  // namespace tcc::ir

// What sharing a kernel costs and saves.
#include "ir/schedulers/costs.h"

#include "dsl/dtypes.h"
#include "ir/math/elementary.h"
#include "ir/printer_expr.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

// In additions: an expansion has some 20 operations, a vector division takes about as long as 8.
constexpr std::int64_t expansion_cost = 20;
constexpr std::int64_t division_cost = 8;

std::int64_t cost_of(const Expr& node) {
  if (is_leaf(node) || as<Load>(node) || as<FloatImm>(node) || as<IntImm>(node)) return 0;
  if (is_expanded(node)) return expansion_cost;
  const Binary* binary = as<Binary>(node);
  if (binary && binary->op == Op::divide) return division_cost;
  const Unary* unary = as<Unary>(node);
  if (unary && unary->op == Op::square_root) return division_cost;
  return 1;
}

}  // namespace

std::int64_t operations_of(const Compute& compute) {
  std::int64_t total = 0;
  for (const Expr& node : post_order(compute.body))
    total += cost_of(node);
  return total;
}

std::string work_of_element(const Compute& compute) {
  if (compute.reducer) {
    Amount terms;
    for (const Axis& axis : compute.reductions)
      terms.extents.push_back(axis.extent);
    return "a reduction of " + print(terms) + " terms";
  }
  const std::int64_t operations = operations_of(compute);
  if (operations == 0) return "its reads";
  return std::to_string(operations) + (operations == 1 ? " operation" : " operations");
}

Amount bytes_of(const Tensor& tensor, std::size_t times) {
  Amount amount = elements_of(tensor, times);
  amount.factor *= static_cast<std::int64_t>(size_in_bytes(tensor.dtype));
  return amount;
}

Amount elements_of(const Tensor& tensor, std::size_t times) {
  return {static_cast<std::int64_t>(times), tensor.shape};
}

std::optional<std::int64_t> value_of(const Amount& amount) {
  std::int64_t value = amount.factor;
  for (const Expr& extent : amount.extents) {
    const auto constant = constant_of(extent);
    if (!constant || __builtin_mul_overflow(value, *constant, &value)) return {};
  }
  return value;
}

std::string print(const Amount& amount) {
  const ExprNames names{[](const Var& var) { return var.name; },
                        [](BufferId) { return std::string("?"); }};
  std::int64_t factor = amount.factor;
  std::string product;
  for (const Expr& extent : amount.extents) {
    const auto constant = constant_of(extent);
    if (constant && !__builtin_mul_overflow(factor, *constant, &factor)) continue;
    const std::string text = print_expr(extent, names);
    product += as<Var>(extent) || constant ? "*" + text : "*(" + text + ")";
  }
  if (factor == 1 && !product.empty()) return product.substr(1);
  return std::to_string(factor) + product;
}

}  // namespace tcc::ir

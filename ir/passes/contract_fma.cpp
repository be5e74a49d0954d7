// a + b*c with one rounding.
#include "ir/passes/contract_fma.h"

#include "dsl/dtypes.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

const Binary* as_product(const Expr& expr) {
  const Binary* binary = as<Binary>(expr);
  return binary && binary->op == Op::multiply ? binary : nullptr;
}

Expr negated(const Expr& expr) { return make_unary(Op::negate, expr, expr->origin); }

Expr contract(const Expr& expr) {
  const Binary* sum = as<Binary>(expr);
  const bool is_sum = sum && (sum->op == Op::add || sum->op == Op::subtract);
  if (!is_sum || !is_float(expr->type.dtype)) return expr;
  const bool subtracts = sum->op == Op::subtract;
  if (const Binary* product = as_product(sum->rhs)) {
    const Expr left = subtracts ? negated(product->lhs) : product->lhs;
    return make_call(Op::fma, {left, product->rhs, sum->lhs}, expr->origin);
  }
  if (const Binary* product = as_product(sum->lhs)) {
    const Expr addend = subtracts ? negated(sum->rhs) : sum->rhs;
    return make_call(Op::fma, {product->lhs, product->rhs, addend}, expr->origin);
  }
  return expr;
}

}  // namespace

LoopProgram contract_fma(LoopProgram program, const PassOptions& options) {
  if (options.strict) return program;
  for (Kernel& kernel : program.kernels)
    kernel.body = rewrite(kernel.body, contract, {});
  return program;
}

}  // namespace tcc::ir

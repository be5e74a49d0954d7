// Quotients and remainders of loop variables without a division for each element.
#include "ir/passes/reduce_index_strength.h"

#include <algorithm>
#include <set>

#include "ir/affine/bounds.h"
#include "ir/affine/polynomial.h"
#include "ir/affine/simplify.h"
#include "ir/passes/code_growth.h"
#include "ir/passes/conditions.h"
#include "ir/passes/expression_cost.h"
#include "ir/passes/unguarded_copy.h"

namespace tcc::ir {

namespace {

Expr apply(Op op, const Expr& a, const Expr& b) { return make_binary(op, a, b, a->origin); }

/// A division of i64 scalars that is none by a power of two; null for any other node.
const Binary* as_division(const Expr& node) {
  const Binary* binary = as<Binary>(node);
  if (!binary || (binary->op != Op::floor_divide && binary->op != Op::modulo)) return nullptr;
  const bool is_index = node->type == ValueType{} && cost_of(node) >= worth_a_variable;
  return is_index && !constant_of(binary->lhs) ? binary : nullptr;
}

bool has_division(const Stmt& stmt) {
  bool found = false;
  for_each_expression(stmt, [&](const Expr& expr) {
    if (found || is_leaf(expr)) return;
    const std::vector<Expr> nodes = post_order(expr);
    found = std::any_of(nodes.begin(), nodes.end(),
                        [](const Expr& node) { return as_division(node) != nullptr; });
  });
  return found;
}

void for_each_division(const Stmt& stmt, const std::function<void(const Expr&)>& f) {
  for_each_expression(stmt, [&](const Expr& expr) {
    if (is_leaf(expr)) return;
    for (const Expr& node : post_order(expr)) {
      if (as_division(node)) f(node);
    }
  });
}

/// a, b, c of `a * b * c`, and the product of its numbers.
struct Product {
  std::vector<Expr> factors;
  std::int64_t number = 1;
};

Product product_of(const Expr& expr) {
  Product product;
  std::vector<Expr> open = {expr};
  while (!open.empty()) {
    const Expr factor = open.back();
    open.pop_back();
    const Binary* binary = as<Binary>(factor);
    if (const auto number = constant_of(factor)) {
      if (__builtin_mul_overflow(product.number, *number, &product.number)) return {{expr}, 1};
    } else if (binary && binary->op == Op::multiply) {
      open.push_back(binary->rhs);
      open.push_back(binary->lhs);
    } else {
      product.factors.push_back(factor);
    }
  }
  return product;
}

/// extent / divisor where that is exact whatever the variables are; null elsewhere.
Expr exact_quotient(const Expr& extent, const Expr& divisor) {
  Product left = product_of(extent);
  const Product right = product_of(divisor);
  if (right.number <= 0 || left.number % right.number != 0) return {};
  for (const Expr& factor : right.factors) {
    const auto found = std::find_if(left.factors.begin(), left.factors.end(),
                                    [&](const Expr& other) { return same_value(other, factor); });
    if (found == left.factors.end()) return {};
    left.factors.erase(found);
  }
  Expr quotient = make_int(left.number / right.number, extent->origin);
  for (const Expr& factor : left.factors)
    quotient = apply(Op::multiply, quotient, factor);
  return simplify(quotient);
}

std::set<VarId> declared_in(const Stmt& stmt) {
  std::set<VarId> declared;
  for_each_statement(stmt, [&](const Stmt& inner) {
    if (const For* loop = as<For>(inner)) declared.insert(as<Var>(loop->var)->id);
    if (const Let* let = as<Let>(inner)) declared.insert(as<Var>(let->var)->id);
  });
  return declared;
}

bool uses_any(const Expr& expr, const std::set<VarId>& variables) {
  const std::vector<Expr> nodes = post_order(expr);
  return std::any_of(nodes.begin(), nodes.end(), [&](const Expr& node) {
    const Var* var = as<Var>(node);
    return var && variables.contains(var->id);
  });
}

class StrengthReducer {
 public:
  explicit StrengthReducer(LoopProgram& program) : program_(program) {}

  Stmt visit(const Stmt& stmt) {
    const Stmt own = map_statements(stmt, [this](const Stmt& inner) { return visit(inner); });
    const For* loop = as<For>(own);
    if (!loop) return own;
    if (loop->kind == ForKind::vector) return split_rows(own, *loop);
    if (loop->kind == ForKind::serial || loop->kind == ForKind::parallel)
      return split_range(own, *loop);
    return own;
  }

 private:
  Stmt split_range(const Stmt& stmt, const For& loop) {
    const VarId var = as<Var>(loop.var)->id;
    if (constant_of(loop.begin) != 0) return stmt;
    Expr divisor, quotient;
    std::set<VarId> inside;
    for_each_division(loop.body, [&](const Expr& node) {
      const Binary& division = *as_division(node);
      const Var* dividend = as<Var>(division.lhs);
      if (divisor || !dividend || dividend->id != var || reads_memory(division.rhs)) return;
      const Expr zero = make_int(0, node->origin);
      if (!is_proven(apply(Op::less_equal, zero, division.rhs), {}, program_.facts)) return;
      if (inside.empty()) inside = declared_in(stmt);
      if (uses_any(division.rhs, inside)) return;
      quotient = exact_quotient(loop.extent, division.rhs);
      if (quotient) divisor = division.rhs;
    });
    return divisor ? two_loops(stmt, loop, divisor, quotient) : stmt;
  }

  Stmt two_loops(const Stmt& stmt, const For& loop, const Expr& divisor, const Expr& quotient) {
    const OriginId origin = program_.origins.from_rewrite("reduce_index_strength", {stmt->origin});
    const Var& var = *as<Var>(loop.var);
    const Expr row = make_var(program_.fresh_var(), var.name + ".q", origin);
    const Expr column = make_var(program_.fresh_var(), var.name + ".r", origin);
    const Stmt body =
        rewrite(loop.body,
                [&](const Expr& node) {
                  const Binary* division = as_division(node);
                  const Var* dividend = division ? as<Var>(division->lhs) : nullptr;
                  if (!dividend || dividend->id != var.id || !same_value(division->rhs, divisor))
                    return node;
                  return division->op == Op::floor_divide ? row : column;
                },
                {});
    const Expr place = apply(Op::add, apply(Op::multiply, row, divisor), column);
    const Expr zero = make_int(0, origin);
    const Stmt inner = make_for(column, zero, divisor, ForKind::serial, loop.stage,
                                substitute(body, {{var.id, place}}), origin);
    return make_for(row, zero, quotient, loop.kind, loop.stage, inner, origin);
  }

  /// Lanes that may lie in one row: quotient and remainder of the first of them.
  struct Row {
    Expr first, divisor;
    Expr quotient, remainder;  ///< variables
    bool has_quotient = false;
  };

  Stmt split_rows(const Stmt& stmt, const For& loop) {
    if (!has_division(loop.body)) return stmt;
    std::vector<Row> rows;
    const std::set<VarId> inside = declared_in(stmt);
    const OriginId origin = program_.origins.from_rewrite("reduce_index_strength", {stmt->origin});
    const auto in_a_row = [&](const Expr& node) -> Expr {
      const Binary* division = as_division(node);
      Row* row = division ? row_of(*division, loop, inside, rows) : nullptr;
      if (!row) return node;
      if (division->op == Op::modulo) return counted_from(*row, loop);
      row->has_quotient = true;
      return row->quotient;
    };
    const Stmt counted = rewrite(loop.body, in_a_row, {});
    if (rows.empty() || !growth_.take(nodes_of(loop.body), 1)) return stmt;
    std::vector<Stmt> statements;
    std::vector<Expr> conditions;
    const Expr last = make_int(constant_of(loop.extent).value() - 1, origin);
    for (const Row& row : rows) {
      if (row.has_quotient)
        statements.push_back(
            make_let(row.quotient, apply(Op::floor_divide, row.first, row.divisor), origin));
      statements.push_back(
          make_let(row.remainder, apply(Op::modulo, row.first, row.divisor), origin));
      conditions.push_back(apply(Op::less, apply(Op::add, row.remainder, last), row.divisor));
    }
    const Expr condition = conjunction(conditions);
    const Stmt fast =
        make_for(loop.var, loop.begin, loop.extent, loop.kind, loop.stage, counted, origin);
    UnguardedCopy copy(program_, [](const Expr&) { return false; });
    statements.push_back(make_if(condition, copy.copy(fast), origin));
    statements.push_back(make_if(make_unary(Op::logical_not, condition, origin), stmt, origin));
    return make_block(std::move(statements), origin);
  }

  static Expr counted_from(const Row& row, const For& loop) {
    return apply(Op::add, row.remainder, apply(Op::subtract, loop.var, loop.begin));
  }

  /// Null for a division that the lanes do not count through one by one.
  Row* row_of(const Binary& division, const For& loop, const std::set<VarId>& inside,
              std::vector<Row>& rows) {
    const VarId var = as<Var>(loop.var)->id;
    const auto dividend = Polynomial::from(division.lhs);
    if (!dividend || dividend->coefficient(var) != 1 || reads_memory(division.lhs)) return nullptr;
    if (reads_memory(division.rhs) || uses_any(division.rhs, inside)) return nullptr;
    const Expr first = simplify(substitute(division.lhs, {{var, loop.begin}}));
    if (uses_any(first, inside)) return nullptr;
    for (Row& row : rows) {
      if (same_value(row.first, first) && same_value(row.divisor, division.rhs)) return &row;
    }
    const OriginId origin = first->origin;
    const std::string& name = as<Var>(loop.var)->name;
    rows.push_back({first, division.rhs, make_var(program_.fresh_var(), name + ".q", origin),
                    make_var(program_.fresh_var(), name + ".r", origin)});
    return &rows.back();
  }

  static std::size_t nodes_of(const Stmt& body) {
    std::size_t nodes = 0;
    for_each_expression(body, [&](const Expr& expr) { nodes += post_order(expr).size(); });
    return nodes;
  }

  LoopProgram& program_;
  CodeGrowth growth_;
};

}  // namespace

LoopProgram reduce_index_strength(LoopProgram program, const PassOptions&) {
  StrengthReducer reducer(program);
  for (std::size_t k = 0; k < program.kernels.size(); ++k) {
    if (!has_division(program.kernels[k].body)) continue;
    program.kernels[k].body = reducer.visit(program.kernels[k].body);
  }
  return program;
}

}  // namespace tcc::ir

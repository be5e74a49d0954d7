// Recognises sums that are scaled by a running maximum.
#include "ir/rewrites/online_match.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "ir/affine/simplify.h"
#include "ir/rewrites/loops.h"
#include "ir/rewrites/same_expression.h"
#include "ir/visit.h"

namespace tcc::ir {

namespace {

/// The value as a product: what is multiplied, and what it is divided by.
struct Factors {
  std::vector<Expr> multiplied, divided_by;
};

Factors factors_of(const Expr& value) {
  Factors factors;
  std::vector<Expr> pending = {value};
  while (!pending.empty()) {
    const Expr expr = std::move(pending.back());
    pending.pop_back();
    const Binary* binary = as<Binary>(expr);
    if (binary && binary->op == Op::multiply) {
      pending.push_back(binary->rhs);
      pending.push_back(binary->lhs);
    } else if (binary && binary->op == Op::divide) {
      factors.divided_by.push_back(binary->rhs);
      pending.push_back(binary->lhs);
    } else {
      factors.multiplied.push_back(expr);
    }
  }
  return factors;
}

bool is_minus_infinity(const Expr& expr) {
  const FloatImm* number = as<FloatImm>(expr);
  return number && number->value == -std::numeric_limits<double>::infinity();
}

bool is_zero(const Expr& expr) {
  const FloatImm* number = as<FloatImm>(expr);
  return number && number->value == 0;
}

bool is_load_of(const Expr& expr, BufferId buffer) {
  const Load* load = as<Load>(expr);
  return load && load->buffer == buffer && !load->predicate;
}

/// m of `m` or of `select(m == -inf, 0, m)`; null for others.
Expr maximum_in(const Expr& shift, BufferId maximum, Shift& form) {
  form = Shift::plain;
  if (is_load_of(shift, maximum)) return shift;
  const Select* select = as<Select>(shift);
  const Binary* test = select ? as<Binary>(select->condition) : nullptr;
  const bool guarded = test && test->op == Op::equal && is_minus_infinity(test->rhs) &&
                       is_zero(select->if_true) && is_load_of(select->if_false, maximum) &&
                       same_expression(test->lhs, select->if_false);
  form = Shift::guarded;
  return guarded ? select->if_false : Expr{};
}

/// exp(x - m) in its parts.
struct Exponential {
  Expr x, maximum;
  Shift shift;
};

std::optional<Exponential> exponential_of(const Expr& expr, BufferId maximum) {
  const Unary* exp = as<Unary>(expr);
  const Binary* difference = exp && exp->op == Op::exp ? as<Binary>(exp->operand) : nullptr;
  if (!difference || difference->op != Op::subtract) return {};
  Exponential found;
  found.x = difference->lhs;
  found.maximum = maximum_in(difference->rhs, maximum, found.shift);
  if (!found.maximum || loads_from(found.x, maximum)) return {};
  return found;
}

std::vector<Stmt> reduction_loops(const ReductionNest& nest) {
  std::vector<Stmt> loops;
  for (const Stmt& loop : nest.loops) {
    if (nest.reduces_over(loop)) loops.push_back(loop);
  }
  return loops;
}

/// What the loops of the maximum are called in the sum's nest; nothing where they do not run alike.
std::optional<Substitution> renaming(const ReductionNest& maximum, const ReductionNest& sum,
                                     const Load& read) {
  Substitution renamed;
  const auto from = reduction_loops(maximum);
  const auto to = reduction_loops(sum);
  if (from.size() != to.size()) return {};
  for (std::size_t l = 0; l < from.size(); ++l) {
    const For& before = *as<For>(from[l]);
    const For& after = *as<For>(to[l]);
    if (!same_value(before.begin, after.begin) || !same_value(before.extent, after.extent)) {
      return {};
    }
    renamed[var_of(from[l])] = after.var;
  }
  const auto& stored = maximum.store().indices;
  for (std::size_t axis = 0; axis < stored.size(); ++axis) {
    if (const Var* var = as<Var>(stored[axis])) {
      renamed[var->id] = read.indices[axis];
    } else if (!same_value(stored[axis], read.indices[axis])) {
      return {};
    }
  }
  return renamed;
}

class Matcher {
 public:
  Matcher(const IndexedProgram& program, BufferId buffer, const ReductionNest& nest,
          const ReductionNest& maximum, const std::vector<BufferId>& sums)
      : program_(program), nest_(nest), maximum_(maximum), sums_(sums) {
    sum_.buffer = buffer;
    sum_.nest = nest;
  }

  tl::expected<ScaledSum, Refusal> match() {
    if (nest_.reducer != ReducerKind::sum) return refuse("is no sum");
    const Factors factors = factors_of(nest_.body);
    std::vector<Expr> rest;
    std::optional<Exponential> exponential;
    for (const Expr& factor : factors.multiplied) {
      auto found = exponential ? std::nullopt : exponential_of(factor, m());
      if (!found && depends(factor)) return refuse(in_the_way(factor));
      if (found)
        exponential = std::move(found);
      else
        rest.push_back(factor);
    }
    if (!exponential) {
      return refuse(
          fmt::format("has no factor exp(x - {0}), of which {0} is the maximum", name(m())),
          "inline what it reads");
    }
    if (!same_x(*exponential)) {
      return refuse(fmt::format("takes '{}' of other values than those it adds", name(m())));
    }
    return finish(*exponential, rest, factors.divided_by);
  }

 private:
  BufferId m() const { return maximum_.store().buffer; }
  const std::string& name(BufferId buffer) const { return program_[buffer].name; }

  bool depends(const Expr& expr) const {
    return loads_from(expr, m()) || std::any_of(sums_.begin(), sums_.end(), [&](BufferId sum) {
             return loads_from(expr, sum);
           });
  }

  std::string in_the_way(const Expr& factor) const {
    const BufferId* found = nullptr;
    for (const BufferId& sum : sums_) {
      if (loads_from(factor, sum)) found = &sum;
    }
    return found ? fmt::format("reads '{}' other than as a divisor", name(*found))
                 : fmt::format("reads '{0}' elsewhere than in exp(x - {0})", name(m()));
  }

  /// The same in every iteration of the reduction.
  bool is_constant(const Expr& expr) const {
    return std::none_of(nest_.loops.begin(), nest_.loops.end(), [&](const Stmt& loop) {
      return nest_.reduces_over(loop) && uses_var(expr, var_of(loop));
    });
  }

  bool same_x(const Exponential& exponential) const {
    if (!is_constant(exponential.maximum)) return false;
    const auto renamed = renaming(maximum_, nest_, *as<Load>(exponential.maximum));
    if (!renamed) return false;
    return same_expression(simplify(substitute(maximum_.body, *renamed)), simplify(exponential.x));
  }

  bool is_divisor(const Expr& expr) const {
    return is_constant(expr) && std::any_of(sums_.begin(), sums_.end(),
                                            [&](BufferId sum) { return is_load_of(expr, sum); });
  }

  tl::expected<ScaledSum, Refusal> finish(const Exponential& exponential,
                                          const std::vector<Expr>& rest,
                                          const std::vector<Expr>& divided_by) {
    sum_.maximum = exponential.maximum;
    sum_.shift = exponential.shift;
    const OriginId origin = nest_.body->origin;
    const DType dtype = exponential.x->type.dtype;
    const Expr lowest = make_float(-std::numeric_limits<double>::infinity(), dtype, origin);
    const Expr shift = make_select(make_binary(Op::equal, sum_.maximum, lowest, origin),
                                   make_float(0, dtype, origin), sum_.maximum, origin);
    sum_.body =
        make_unary(Op::exp, make_binary(Op::subtract, exponential.x, shift, origin), origin);
    for (const Expr& factor : rest)
      sum_.body = make_binary(Op::multiply, sum_.body, factor, origin);
    for (const Expr& divisor : divided_by) {
      if (is_divisor(divisor)) {
        sum_.divisors.push_back(divisor);
      } else if (depends(divisor)) {
        return refuse(in_the_way(divisor));
      } else {
        sum_.body = make_binary(Op::divide, sum_.body, divisor, origin);
      }
    }
    return std::move(sum_);
  }

  tl::unexpected<Refusal> refuse(const std::string& what, std::string help = {}) const {
    return tl::unexpected(Refusal{fmt::format("'{}' {}", name(nest_.store().buffer), what),
                                  var_of(nest_.loops.front()), std::move(help)});
  }

  const IndexedProgram& program_;
  const ReductionNest& nest_;
  const ReductionNest& maximum_;
  const std::vector<BufferId>& sums_;
  ScaledSum sum_;
};

}  // namespace

tl::expected<ScaledSum, Refusal> match_scaled_sum(const IndexedProgram& program, BufferId buffer,
                                                  const ReductionNest& nest,
                                                  const ReductionNest& maximum,
                                                  const std::vector<BufferId>& sums) {
  return Matcher(program, buffer, nest, maximum, sums).match();
}

}  // namespace tcc::ir
